//! The master key: lost, wrong, and changed.

use domain::identity::Role;
use platform::vault::MasterKey;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;
use tests::{Finished, Program, TestApp, person::PASSWORD};

fn run(program: &Program, app: &TestApp, arguments: &[&str], key: (&str, &str)) -> Finished {
    let settings = app.settings();
    let settings = settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    program.run(arguments, &settings.chain([key]).collect::<Vec<_>>())
}

async fn ask(url: &str, query: &str) -> Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let request = reqwest::Client::new().post(url).json(&json!({ "query": query }));
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn without_its_master_key_the_server_says_so_and_serves_what_needs_none() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    // Signing in seals a key under the test's own master key, which the program has not.
    let anna = app.person("anna", Role::User).await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("master.key");
    let setting = ("BELLWETHER_MASTER_KEY_FILE", file.to_str().unwrap());
    let doctor = run(&bellwether, &app, &["doctor"], setting);
    let mut server = bellwether.start(&app, &["serve"], &[setting]);
    let url = server.logged("Serving on ", "/graphql").await + "/graphql";
    let market = ask(&url, "{ stocks { totalCount } }").await;
    let login = format!(
        "mutation {{ login(input: {{ email: \"{}\", password: \"{PASSWORD}\" }}) {{ accessToken }} }}",
        anna.email
    );
    let login = ask(&url, &login).await;
    server.kill();
    assert!(!file.exists(), "a key that opens nothing was made");
    app.finish().await;
    assert_eq!(doctor.code, Some(1), "{doctor:?}");
    assert!(doctor.text.contains("secrets   PROBLEM: the master key is missing"), "{}", doctor.text);
    assert_eq!(market["data"]["stocks"]["totalCount"], 0, "{market}");
    let error = &login["errors"][0];
    assert_eq!(error["extensions"]["code"], "SOURCE_UNAVAILABLE", "{login}");
    assert!(error["message"].as_str().unwrap().contains("`bellwether doctor`"), "{login}");
}

#[tokio::test]
async fn a_master_key_in_a_file_is_changed_there() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("master.key");
    let run = |arguments: &[&str]| {
        let finished =
            run(&bellwether, &app, arguments, ("BELLWETHER_MASTER_KEY_FILE", file.to_str().unwrap()));
        assert_eq!(finished.code, Some(0), "{finished:?}");
        finished.text
    };
    run(&["admin", "rotate-signing-key"]);
    let old: MasterKey = fs::read_to_string(&file).unwrap().trim().parse().unwrap();
    run(&["admin", "rotate-master-key"]);
    let new: MasterKey = fs::read_to_string(&file).unwrap().trim().parse().unwrap();
    assert_ne!(old.fingerprint(), new.fingerprint());
    let doctor = run(&["doctor"]);
    assert!(doctor.contains(&format!("secrets   fine: master key {} opens", new.fingerprint())), "{doctor}");
    assert!(run(&["audit", "verify"]).contains("2 entries"));
    app.finish().await;
}

#[tokio::test]
async fn a_master_key_in_the_environment_is_changed_only_with_the_new_one_at_hand() {
    let Some(bellwether) = Program::find("bellwether") else { return };
    let app = TestApp::start().await;
    let (old, new) = (MasterKey::generate(), MasterKey::generate());
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("new.key");
    let file = file.to_str().unwrap();
    let run = |arguments: &[&str], key: &MasterKey| {
        let finished = run(&bellwether, &app, arguments, ("BELLWETHER_MASTER_KEY", &key.to_base64()));
        (finished.code, finished.text)
    };
    assert_eq!(run(&["admin", "rotate-signing-key"], &old).0, Some(0));
    let (code, steps) = run(&["admin", "rotate-master-key"], &old);
    assert!(code == Some(1) && steps.contains("--new-key-file new.key"), "{steps}");
    let rotate = ["admin", "rotate-master-key", "--new-key-file", file];
    let (code, absent) = run(&rotate, &old);
    assert!(code == Some(1) && absent.contains("cannot read"), "{absent}");
    assert_eq!(run(&["doctor"], &old).0, Some(0));
    fs::write(file, &*new.to_base64()).unwrap();
    let (code, done) = run(&rotate, &old);
    assert!(code == Some(0) && done.contains("Set BELLWETHER_MASTER_KEY"), "{done}");
    let (code, wrong) = run(&["doctor"], &old);
    assert!(code == Some(1) && wrong.contains("the master key does not fit"), "{wrong}");
    assert_eq!(run(&["doctor"], &new).0, Some(0));
    app.finish().await;
}
