//! Authors, known by a salted hash only.

use super::Error;
use entity::{SourceKind, admin::setting};
use platform::{clock::Clock, hex};
use rand::RngExt;
use sea_orm::{ActiveEnum as _, ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use sha2::{Digest, Sha256};

const SALT: &str = "news.author_salt";

/// Hashes authors with the salt of this installation.
#[derive(Clone)]
pub(super) struct AuthorHasher {
    salt: String,
}

impl AuthorHasher {
    /// Reads the salt; makes it the first time.
    pub(super) async fn load(db: &impl ConnectionTrait, clock: &Clock) -> Result<Self, Error> {
        if let Some(salt) = stored(db).await? {
            return Ok(Self { salt });
        }
        let salt: [u8; 32] = rand::rng().random();
        let row = setting::ActiveModel {
            key: Set(SALT.to_owned()),
            value: Set(hex(&salt).into()),
            known_at: Set(clock.now()),
        };
        let first_wins = OnConflict::column(setting::Column::Key).do_nothing().to_owned();
        setting::Entity::insert(row).on_conflict(first_wins).exec_without_returning(db).await?;
        let salt = stored(db).await?.unwrap_or_else(|| hex(&salt));
        Ok(Self { salt })
    }

    /// The same for the same author of the same source, and nothing to others.
    pub(super) fn hash(&self, source: SourceKind, author: &str) -> String {
        let text = format!("{}\n{}\n{author}", self.salt, source.to_value());
        hex(&Sha256::digest(text.as_bytes())[..16])
    }
}

async fn stored(db: &impl ConnectionTrait) -> Result<Option<String>, Error> {
    let row = setting::Entity::find_by_id(SALT.to_owned()).one(db).await?;
    Ok(row.and_then(|row| row.value.as_str().map(str::to_owned)))
}
