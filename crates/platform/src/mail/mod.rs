//! Sends mails: through an SMTP server if one is set, else into a folder where a developer finds them.
//!
//! Never logs or shows a mail's text, which may hold a code or a link that signs someone in.

#[cfg(test)]
mod tests;

use crate::{
    Fault, FaultKind,
    clock::Clock,
    config::{MailConfig, MailTransport},
};
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp,
};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    fs::{self, OpenOptions},
    io::AsyncWriteExt as _,
};
use uuid::Uuid;

/// A server that is silent for longer is given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// A mail of plain text.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// Sends mails from the configured sender; clones share one transport.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    from: Mailbox,
    clock: Clock,
    transport: Transport,
}

enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// Why a mail was not sent, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the recipient has no valid mail address: {0}")]
    Recipient(#[from] lettre::address::AddressError),
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    /// To try again would not help.
    #[error(
        "the mail server refuses: {0}; check user and sender in BELLWETHER_MAIL__URL and BELLWETHER_MAIL__FROM"
    )]
    Refused(String),
    #[error("the mail server cannot be used: {0}; check BELLWETHER_MAIL__URL, and whether the server runs")]
    Unreachable(String),
    #[error(
        "cannot write {file}: {reason}; make the folder writable, or set BELLWETHER_MAIL__FOLDER or BELLWETHER_MAIL__URL"
    )]
    File { file: String, reason: std::io::Error },
}

impl Mailer {
    /// A mailer as configured; neither connects nor makes a folder before the first mail.
    pub fn new(config: &MailConfig, clock: Clock) -> Result<Self, MailError> {
        let transport = match &config.transport {
            MailTransport::Smtp(url) => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())?;
                Transport::Smtp(builder.timeout(Some(PATIENCE)).build())
            }
            MailTransport::Folder(folder) => Transport::Folder(folder.clone()),
        };
        Ok(Self(Arc::new(Inner { from: config.from.clone(), clock, transport })))
    }

    /// Sends `mail`; returns when the server has taken it over, or the file is written.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        match &self.0.transport {
            Transport::Smtp(server) => server.send(message).await.map(drop).map_err(MailError::from),
            Transport::Folder(folder) => {
                let file = folder.join(format!("{}.eml", Uuid::now_v7()));
                let written = write(folder, &file, &message.formatted()).await;
                written.map_err(|reason| MailError::File { file: file.display().to_string(), reason })?;
                tracing::info!(mail.file = %file.display(), "Wrote a mail into a file, since no mail server is set");
                Ok(())
            }
        }
    }

    /// Succeeds when the mail server answers and takes the password.
    pub async fn check(&self) -> Result<(), MailError> {
        match &self.0.transport {
            Transport::Smtp(server) if server.test_connection().await? => Ok(()),
            Transport::Smtp(_) => Err(MailError::Unreachable("it does not answer".to_owned())),
            Transport::Folder(_) => Ok(()),
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let Inner { from, clock, .. } = &*self.0;
        let to: Address = mail.to.parse()?;
        let message = Message::builder()
            .from(from.clone())
            .to(to.into())
            .subject(mail.subject.clone())
            .date(clock.now().into())
            .message_id(Some(format!("<{}@{}>", Uuid::now_v7(), from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())?;
        Ok(message)
    }
}

/// Writes a file that only its owner can read.
async fn write(folder: &Path, file: &Path, content: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder).await?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).await?;
    file.write_all(content).await?;
    file.flush().await
}

impl From<smtp::Error> for MailError {
    fn from(error: smtp::Error) -> Self {
        if error.is_permanent() {
            Self::Refused(error.to_string())
        } else {
            Self::Unreachable(error.to_string())
        }
    }
}

impl Fault for MailError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Recipient(_) => FaultKind::Invalid,
            Self::Message(_) | Self::Refused(_) => FaultKind::Internal,
            Self::Unreachable(_) | Self::File { .. } => FaultKind::Unavailable,
        }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({:?})", self.subject)
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailer")
    }
}
