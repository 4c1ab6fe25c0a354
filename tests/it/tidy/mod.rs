//! The rules of the house that the compiler does not know.

mod dependency;
mod layout;
mod readme;
mod source;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A source file by its path within the workspace.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The text without unit tests, comments and blank lines, each line with its number.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("#[cfg(test)]").unwrap_or(self.text.len());
        let lines = self.text[..end].lines().map(str::trim).zip(1..).map(|(line, number)| (number, line));
        lines.filter(|(_, line)| !line.is_empty() && !line.starts_with("//"))
    }

    /// Whether the file holds nothing but tests.
    fn is_test(&self) -> bool {
        let folders = ["tests", "benches"];
        self.path.split('/').any(|part| folders.contains(&part)) || self.path.ends_with("tests.rs")
    }
}

/// All Rust files below `folder`, sorted.
fn sources(folder: &str) -> Vec<Source> {
    let mut files = Vec::new();
    walk(&root().join(folder), &mut files);
    files.sort();
    assert!(!files.is_empty(), "{folder} has no sources");
    files.into_iter().map(read).collect()
}

/// All Rust files of the workspace's own crates.
fn all_sources() -> Vec<Source> {
    ["api", "crates", "entity", "migration", "tests", "worker"].into_iter().flat_map(sources).collect()
}

fn read(file: PathBuf) -> Source {
    let path = file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    Source { text: fs::read_to_string(file).unwrap(), path }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The names of the folders right below `folder`, sorted.
fn folders(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
