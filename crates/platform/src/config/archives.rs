use super::reader::Reader;

const MEGABYTE: u64 = 1024 * 1024;

/// Files that come in and go out.
#[derive(Clone, Copy, Debug)]
pub struct ArchivesConfig {
    /// In bytes.
    pub largest_upload: u64,
}

impl ArchivesConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { largest_upload: reader.number("archives.largest_upload_mb", 1..=4096) * MEGABYTE }
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;

    #[test]
    fn an_upload_has_a_limit_in_megabytes() {
        assert_eq!(load("").unwrap().archives.largest_upload, 268_435_456);
        assert_eq!(load("archives.largest_upload_mb = 1").unwrap().archives.largest_upload, 1_048_576);
        let report = load("archives.largest_upload_mb = 0").unwrap_err();
        assert!(report.contains("BELLWETHER_ARCHIVES__LARGEST_UPLOAD_MB is \"0\""), "{report}");
    }
}
