//! ONNX Runtime in its place: the native library that runs the models of others.
//!
//! Nothing of it is linked or shipped. It lies in the wheels of the Python package of its name, which every platform's
//! makers build, and which `pip` finds wherever people have told it to look.

use crate::fetch::Origin;
use anyhow::{Context as _, bail, ensure};
use ml::onnx::runtime::Runtime;
use platform::config::ModelsConfig;
use std::{
    env::consts::{ARCH, OS},
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// The package, and the checksums of its wheels for the platforms below.
const REQUIREMENT: &str = "onnxruntime==1.31.1 \
    --hash=sha256:1f3dea47f2f0e5117c2404cea7d21fd253ae7836a3bf167a501cdfbb2600d536 \
    --hash=sha256:0b9a492176886992e0e875f06bc0367e333f5fff11711a2d642e18b02f3009cc \
    --hash=sha256:96dd2564b10ea7153ad9c207e7cd8e5917cb3ba521e0e0a62ac03486fdc8d56c \
    --hash=sha256:ae8a9a351efda685cc59a66226cdefaa37a126c1d66872ca23a2de9425326130";
/// The version of Python that those wheels are for; the library within does not care.
const PYTHON: &str = "312";
const ELSEWHERE: &str = "give the library or its wheel: `bellwether models runtime PATH|URL`";

/// Puts the library in its place, from a wheel or a file, or by `pip`; returns where it lies.
pub async fn install(config: &ModelsConfig, origin: Option<&str>) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(&config.folder).with_context(|| format!("cannot make {}", config.folder.display()))?;
    // Within the folder: files can only be moved in one step where they stay on their disk.
    let staging = TempDir::with_prefix_in("runtime-", &config.folder)?;
    let file = match origin {
        Some(origin) => fetched(origin, staging.path()).await?,
        None => wheel_by_pip(staging.path()).await?,
    };
    let target = config.runtime.clone();
    spawn_blocking(move || put(&file, staging.path(), &target)).await??;
    Ok(config.runtime.clone())
}

async fn fetched(origin: &str, staging: &Path) -> anyhow::Result<PathBuf> {
    let (origin, target) = (Origin::parse(origin)?, staging.join("fetched"));
    ensure!(origin.fetch(&target).await?, "{origin} is not there");
    Ok(target)
}

async fn wheel_by_pip(staging: &Path) -> anyhow::Result<PathBuf> {
    let platform = match (OS, ARCH) {
        ("linux", "x86_64") => "manylinux_2_28_x86_64",
        ("linux", "aarch64") => "manylinux_2_28_aarch64",
        ("macos", "aarch64") => "macosx_14_0_arm64",
        ("windows", "x86_64") => "win_amd64",
        _ => bail!("for {OS} on {ARCH} there is none that is known; {ELSEWHERE}"),
    };
    let (wanted, wheels) = (staging.join("wanted.txt"), staging.join("wheels"));
    fs::write(&wanted, REQUIREMENT)?;
    let mut pip = Command::new(if cfg!(windows) { "python" } else { "python3" });
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:"])
        .args(["--python-version", PYTHON, "--platform", platform, "--dest"])
        .arg(&wheels)
        .arg("--requirement")
        .arg(&wanted);
    let done = spawn_blocking(move || pip.output()).await?;
    let done = done.with_context(|| format!("Python's pip cannot be called; {ELSEWHERE}"))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        bail!("pip says: {}; {ELSEWHERE}", said.trim());
    }
    let wheel = fs::read_dir(&wheels)?.next().context("pip brought nothing")??;
    Ok(wheel.path())
}

/// Takes the library out of its wheel, sees that it loads, and moves it to `target`.
fn put(file: &Path, staging: &Path, target: &Path) -> anyhow::Result<()> {
    let unpacked = staging.join("unpacked");
    fs::create_dir(&unpacked)?;
    let name = target.file_name().context("the setting models.runtime names no file")?;
    let library = unpacked.join(name);
    if is_archive(file)? {
        unpack(file, &unpacked, &library)?;
    } else {
        fs::copy(file, &library)?;
    }
    Runtime::load(&library)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for entry in fs::read_dir(&unpacked)? {
        let entry = entry?;
        fs::rename(entry.path(), folder.join(entry.file_name()))?;
    }
    Ok(())
}

fn is_archive(file: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(file)?.take(4).read_to_end(&mut start)?;
    Ok(start == b"PK\x03\x04")
}

/// Unpacks the library as `library`, and what belongs to it, such as its part for GPUs, beside it.
fn unpack(archive: &Path, folder: &Path, library: &Path) -> anyhow::Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(archive)?)?;
    for index in 0..archive.len() {
        let mut member = archive.by_index(index)?;
        // The last part only: whatever a name says, nothing is written elsewhere.
        let name = member.name()?.into_owned();
        let Some(name) =
            Path::new(&name).file_name().and_then(|name| name.to_str()).filter(|name| is_library(name))
        else {
            continue;
        };
        let target = if name.contains("providers") { folder.join(name) } else { library.to_owned() };
        io::copy(&mut member, &mut File::create(target)?)?;
    }
    ensure!(library.is_file(), "it is an archive without ONNX Runtime's library; {ELSEWHERE}");
    Ok(())
}

fn is_library(name: &str) -> bool {
    let name = name.strip_prefix("lib").unwrap_or(name);
    name.starts_with("onnxruntime")
        && !name.contains("pybind11")
        && [".so", ".dylib", ".dll"].iter().any(|extension| name.contains(extension))
}

#[cfg(test)]
mod tests {
    use super::is_library;

    #[test]
    fn the_library_is_known_by_its_name() {
        for name in ["libonnxruntime.so.1.31.1", "libonnxruntime.1.31.1.dylib", "onnxruntime.dll"] {
            assert!(is_library(name), "{name}");
        }
        assert!(is_library("libonnxruntime_providers_cuda.so"));
        let others =
            ["onnxruntime_pybind11_state.cpython-312-x86_64-linux-gnu.so", "onnxruntime.py", "libz.so"];
        assert!(!others.into_iter().any(is_library));
    }
}
