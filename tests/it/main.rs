//! The product from outside: GraphQL in, answers out.

#![expect(clippy::unwrap_used, reason = "in a test a failure is a panic")]

mod event;
mod job;
mod market;
mod news;
mod schema;
mod sentiment;
mod tidy;
