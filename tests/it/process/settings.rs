//! Settings that can't be used.

use tempfile::TempDir;
use tests::Program;

const WRONG: [(&str, &str); 7] = [
    ("BELLWETHER_LISTEN", "nowhere"),
    ("BELLWETHER_JOBS__CONCURRENCY", "0"),
    ("BELLWETHER_SIMULAT", "1"),
    ("BELLWETHER_TYPO", "1"),
    ("BELLWETHER_JOBS__NOPE", "1"),
    ("DATABASE_URL", "mysql://me:verysecret@db/x"),
    ("REDIS_URL", "postgres://me:verysecret@db/x"),
];

#[test]
fn all_wrong_settings_are_reported_together_by_every_program() {
    for name in ["bellwether", "bellwether-worker"] {
        let Some(program) = Program::find(name) else { return };
        let finished = program.run(&[], &WRONG);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        let text = finished.text;
        assert!(text.contains("7 settings cannot be used"), "{text}");
        let names = [
            "BELLWETHER_LISTEN",
            "BELLWETHER_JOBS__CONCURRENCY",
            "BELLWETHER_SIMULAT is unknown: there is no such setting; did you mean BELLWETHER_SIMULATE?\n",
            "BELLWETHER_TYPO is unknown: there is no such setting\n",
            "BELLWETHER_JOBS__NOPE is unknown: there is no such setting\n",
            "DATABASE_URL",
            "REDIS_URL",
        ];
        for name in names {
            assert!(text.contains(name), "{name} is missing in {text}");
        }
        assert!(!text.contains("verysecret"), "{text}");
    }
}

#[test]
fn a_url_of_another_service_is_refused() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    for setting in [("DATABASE_URL", "redis://127.0.0.1:6379"), ("REDIS_URL", "sqlite://data/x.db")] {
        let finished = bellwether.run(&["doctor"], &[setting]);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.text.contains(&format!("{} is", setting.0)), "{}", finished.text);
    }
}

#[test]
fn a_broken_file_is_named() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("bellwether.toml"), "listen = ").unwrap();
    let finished = bellwether.run_in(folder.path(), &["doctor"], &[]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.text.contains("bellwether.toml"), "{}", finished.text);
}

#[test]
fn a_wrong_log_filter_is_explained() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let settings = [("BELLWETHER_LOG__FILTER", "info,domain=loudly")];
    let finished = bellwether.run(&["serve"], &settings);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.text.contains("BELLWETHER_LOG__FILTER"), "{}", finished.text);
}
