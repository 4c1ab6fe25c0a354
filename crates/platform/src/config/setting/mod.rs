//! The list of all settings: what `Config` reads, `doctor` prints and the README documents.

mod model;
mod process;
mod provider;
mod server;

use model::MODELS;
use process::PROCESS;
use provider::PROVIDERS;
use server::SERVER;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its path in `bellwether.toml`.
    pub key: &'static str,
    /// Its environment variable.
    pub variable: &'static str,
    /// Empty: none.
    pub default: &'static str,
    /// What a value looks like.
    pub shape: &'static str,
    pub about: &'static str,
}

const fn setting(
    key: &'static str,
    variable: &'static str,
    default: &'static str,
    shape: &'static str,
    about: &'static str,
) -> Setting {
    Setting { key, variable, default, shape, about }
}

/// All settings, in the order of the README.
pub const SETTINGS: &[Setting] = &{
    let mut all = [SERVER[0]; SERVER.len() + MODELS.len() + PROCESS.len() + PROVIDERS.len()];
    let groups = [SERVER, MODELS, PROCESS, PROVIDERS];
    let (mut place, mut group) = (0, 0);
    while group < groups.len() {
        let mut index = 0;
        while index < groups[group].len() {
            all[place] = groups[group][index];
            (place, index) = (place + 1, index + 1);
        }
        group += 1;
    }
    all
};
