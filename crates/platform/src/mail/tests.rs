//! Mails in a folder, and mails to a server that speaks SMTP over a real socket.

use super::*;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

fn mailer(transport: MailTransport) -> Mailer {
    let from = "Bellwether <bellwether@localhost>".parse().unwrap();
    let clock = Clock::fixed("2026-01-05T10:00:00Z".parse().unwrap());
    Mailer::new(&MailConfig { from, transport }, clock).unwrap()
}

fn over_smtp(url: &str) -> Mailer {
    mailer(MailTransport::Smtp(url.parse().unwrap()))
}

fn mail() -> Mail {
    Mail {
        to: "ann@example.com".into(),
        subject: "Grüße".into(),
        body: "Your code is 123456.\n.\nBye".into(),
    }
}

/// Serves one connection, where it refuses commands that begin with `refused`; the task returns what was said.
async fn server(refused: &'static str) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move { converse(listener.accept().await.unwrap().0, refused).await });
    (address, task)
}

async fn converse(stream: TcpStream, refused: &str) -> Vec<String> {
    let (reader, mut writer) = stream.into_split();
    let (mut lines, mut said) = (BufReader::new(reader).lines(), vec![]);
    let (mut answer, mut in_text) = ("220 here", false);
    loop {
        writer.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        let line = loop {
            let Ok(Some(line)) = lines.next_line().await else { return said };
            said.push(line.clone());
            if !in_text || line == "." {
                break line;
            }
        };
        in_text = line == "DATA" && !in_text;
        answer = match line.split(' ').next() {
            _ if line.starts_with(refused) => "550 no such user here",
            Some("EHLO") => "250-here\r\n250 AUTH PLAIN",
            Some("AUTH") => "235 welcome",
            Some("DATA") => "354 go on",
            Some("QUIT") => "221 bye",
            _ => "250 fine",
        };
    }
}

#[tokio::test]
async fn without_a_server_a_mail_becomes_a_file_for_its_owner_only() {
    let folder = TempDir::new().unwrap();
    let mails = folder.path().join("data/mail");
    let mailer = mailer(MailTransport::Folder(mails.clone()));
    assert!(!mails.exists());
    mailer.send(&mail()).await.unwrap();
    mailer.send(&mail()).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    assert_eq!(files[0].extension().unwrap(), "eml");
    assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&files[0]).unwrap();
    for part in [
        "From: Bellwether <bellwether@localhost>\r\n",
        "To: ann@example.com\r\n",
        "Date: Mon, 05 Jan 2026 10:00:00 +0000\r\n",
        "Your code is 123456.\r\n.\r\nBye",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[tokio::test]
async fn a_subject_cannot_add_a_header() {
    let folder = TempDir::new().unwrap();
    let mail = Mail { subject: "Hello\r\nBcc: eve@example.com".into(), ..mail() };
    mailer(MailTransport::Folder(folder.path().to_owned())).send(&mail).await.unwrap();
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
}

#[tokio::test]
async fn a_server_gets_password_sender_recipient_and_the_whole_text() {
    let (address, task) = server("nothing").await;
    let mailer = over_smtp(&format!("smtp://me:p%40ss@{address}"));
    mailer.send(&mail()).await.unwrap();
    drop(mailer);
    let said = task.await.unwrap();
    // The base64 of "\0me\0p@ss".
    let mut expected =
        ["AUTH PLAIN AG1lAHBAc3M=", "MAIL FROM:<bellwether@localhost>", "RCPT TO:<ann@example.com>"].iter();
    let mut next = expected.next();
    for line in &said {
        if next.is_some_and(|expected| line.starts_with(expected)) {
            next = expected.next();
        }
    }
    assert_eq!(next, None, "{said:?}");
    // A line with a dot alone would end the mail, so it is doubled on the way.
    let text = said.join("\n");
    assert!(text.contains("\nYour code is 123456.\n..\nBye\n.\n"), "{text}");
    assert!(text.contains("Subject: =?utf-8?b?R3LDvMOfZQ==?="), "{text}");
}

#[tokio::test]
async fn a_refusal_is_not_worth_a_second_try() {
    let (address, _task) = server("RCPT").await;
    let error = over_smtp(&format!("smtp://me:hunter2@{address}")).send(&mail()).await.unwrap_err();
    assert!(matches!(error, MailError::Refused(_)) && error.kind() == FaultKind::Internal, "{error:?}");
    assert!(error.to_string().contains("no such user here"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let (address, task) = server("nothing").await;
    assert!(over_smtp(&format!("smtp://{address}")).check().await.is_ok());
    task.await.unwrap();
    let mailer = over_smtp(&format!("smtp://{address}"));
    for error in [mailer.send(&mail()).await.unwrap_err(), mailer.check().await.unwrap_err()] {
        assert!(matches!(error, MailError::Unreachable(_)), "{error:?}");
        assert_eq!(error.kind(), FaultKind::Unavailable);
    }
}

#[tokio::test]
async fn a_recipient_without_an_address_is_invalid() {
    let mail = Mail { to: "ann@example.com, eve@example.com".into(), ..mail() };
    let error = over_smtp("smtp://127.0.0.1:1").send(&mail).await.unwrap_err();
    assert_eq!(error.kind(), FaultKind::Invalid, "{error:?}");
}

#[test]
fn a_mail_shows_its_subject_only() {
    assert_eq!(format!("{:?}", mail()), "Mail(\"Grüße\")");
}
