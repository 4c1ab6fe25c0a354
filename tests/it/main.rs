//! The product from outside: GraphQL in, answers out.

#![expect(clippy::unwrap_used, reason = "in a test a failure is a panic")]

mod admin;
mod as_of;
mod event;
mod failure;
mod forecast;
mod http;
mod identity;
mod input;
mod job;
mod limit;
mod market;
mod news;
mod paging;
mod plan;
mod process;
mod real;
mod schema;
mod sentiment;
mod statement;
mod tidy;
mod vault;
mod vendor;
