//! The product from outside: GraphQL in, answers out.

mod as_of;
mod event;
mod failure;
mod job;
mod market;
mod news;
mod paging;
mod plan;
mod real;
mod schema;
mod sentiment;
mod statement;
mod tidy;
