//! The exported schema.

mod contract;
mod description;

#[test]
fn the_committed_schema_is_that_of_the_code() {
    let committed = include_str!("../../../schema.graphql");
    assert!(committed == api::schema::sdl(), "run: cargo run -- schema > schema.graphql");
}
