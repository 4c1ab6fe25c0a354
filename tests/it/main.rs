//! The product from outside: GraphQL in, answers out.

mod event;
mod job;
mod market;
mod news;
mod process;
mod schema;
mod sentiment;
mod tidy;
