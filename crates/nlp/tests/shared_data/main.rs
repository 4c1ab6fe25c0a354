//! Checks against real texts, which run only where `BELLWETHER_TEST_DATA` names the shared data folder.

mod compact;
mod duplicate;
mod finance;
mod labelled;
mod source;
mod ticker;
mod vader;
