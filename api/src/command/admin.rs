//! `bellwether admin`: what only someone at the machine may do.

use super::master_key::{self, Rotation};
use clap::{Args, Subcommand};
use domain::identity::{self, Actor, account, account::Email, enrolment};
use platform::config::Config;
use secrecy::ExposeSecret as _;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Make an account an administrator's, and print a one-time token to choose its password with.
    Create {
        /// The address of the account, which is made if there is none.
        #[arg(long, value_parser = email)]
        email: Email,
    },
    /// Take away the second factor of someone who lost both authenticator and recovery codes, and end all their sessions.
    ResetTotp {
        /// The address of the account.
        #[arg(long, value_parser = email)]
        email: Email,
    },
    /// Make a new key for access tokens; what the old one signed stays good until it expires.
    RotateSigningKey,
    /// Protect all stored secrets by a new master key.
    RotateMasterKey(Rotation),
}

fn email(text: &str) -> Result<Email, identity::Error> {
    text.parse()
}

pub async fn run(arguments: Arguments, config: &Config) -> anyhow::Result<()> {
    super::log_quietly(config)?;
    let platform = super::prepare(config).await?;
    match arguments.act {
        Act::Create { email } => {
            let token = account::create_admin(&platform, &email).await?;
            println!(
                "{} is an administrator now.\n\nWithin an hour, choose a password:\n\n    mutation {{ resetPassword(input: \
                 {{ token: \"{}\", password: \"…\" }}) {{ done }} }}\n\nThen sign in with `login`, and set up the second \
                 factor with `enrollTotp` and `confirmTotp`.",
                email.as_str(),
                token.expose_secret()
            );
        }
        Act::ResetTotp { email } => {
            enrolment::reset(&platform, &email).await?;
            println!(
                "{} has no second factor any more, and all its sessions are ended.\n\nNow its owner signs in with `login`, \
                 and sets up another one with `enrollTotp` and `confirmTotp`. If someone else may know the password, \
                 choose a new one first, with `requestPasswordReset`.",
                email.as_str()
            );
        }
        Act::RotateMasterKey(rotation) => master_key::rotate(rotation, &platform, config).await?,
        Act::RotateSigningKey => {
            identity::rotate_signing_key(&platform, &Actor::command()).await?;
            println!("Access tokens are signed with a new key now.");
        }
    }
    Ok(())
}
