use super::{SecretUrl, reader::Reader};
use lettre::message::Mailbox;
use std::{path::PathBuf, str::FromStr};
use url::Url;

/// Who sends mails, and how.
#[derive(Clone, Debug)]
pub struct MailConfig {
    pub from: Mailbox,
    pub transport: MailTransport,
}

/// Where mails go.
#[derive(Clone, Debug)]
pub enum MailTransport {
    Smtp(SecretUrl),
    /// Each mail becomes a file in this folder.
    Folder(PathBuf),
}

impl MailConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let folder = reader.required("mail.folder");
        let smtp = reader.optional::<SmtpUrl>("mail.url").map(|url| MailTransport::Smtp(url.0));
        Self { from: reader.required("mail.from"), transport: smtp.unwrap_or(MailTransport::Folder(folder)) }
    }
}

struct SmtpUrl(SecretUrl);

impl FromStr for SmtpUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| "it is not a URL")?;
        let scheme = ["smtp", "smtps"].contains(&url.scheme());
        let tls = |value: &str| ["required", "opportunistic"].contains(&value);
        if scheme && url.has_host() && url.query_pairs().all(|(name, value)| name == "tls" && tls(&value)) {
            return text.parse().map(Self);
        }
        Err("it is not the address of an SMTP server")
    }
}

#[cfg(test)]
mod tests {
    use super::{super::load, *};
    use std::path::Path;

    #[test]
    fn mails_become_files_unless_there_is_a_server() {
        let mail = load("").unwrap().mail;
        assert!(matches!(mail.transport, MailTransport::Folder(folder) if folder == Path::new("data/mail")));
        assert_eq!(mail.from.to_string(), "Bellwether <bellwether@localhost>");
        let mail = load("[mail]\nurl = 'smtp://me:hunter2@mail.example:587?tls=required'").unwrap().mail;
        assert!(matches!(mail.transport, MailTransport::Smtp(_)));
        assert!(!format!("{mail:?}").contains("hunter2"));
    }

    #[test]
    fn what_is_no_server_or_no_sender_is_a_problem() {
        for url in
            ["https://mail.example", "smtp://", "smtp://mail.example?tls=maybe", "me:hunter2@mail.example"]
        {
            let report = load(&format!("[mail]\nurl = '{url}'")).unwrap_err();
            assert!(report.contains("BELLWETHER_MAIL__URL is"), "{report}");
            assert!(!report.contains("hunter2"), "{report}");
        }
        let report = load("[mail]\nfrom = 'Bellwether'").unwrap_err();
        assert!(report.contains("BELLWETHER_MAIL__FROM is \"Bellwether\""), "{report}");
    }
}
