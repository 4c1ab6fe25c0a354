//! The table `account`: one row per person; a deleted one stays as a tombstone without personal data.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// In lower case; of a deleted account a placeholder.
    pub email: String,
    pub email_verified_at: Option<DateTimeUtc>,
    /// Argon2id in PHC format; null for those who sign in with Google only.
    #[sea_orm(column_type = "Text", nullable)]
    pub password_hash: Option<String>,
    pub google_subject: Option<String>,
    pub display_name: Option<String>,
    /// IANA name.
    pub time_zone: String,
    pub role: Role,
    /// Sealed.
    #[sea_orm(column_type = "Text", nullable)]
    pub totp_secret: Option<String>,
    /// Sealed; takes the place of `totp_secret` with its first code.
    #[sea_orm(column_type = "Text", nullable)]
    pub totp_next_secret: Option<String>,
    /// When its first code came.
    pub totp_confirmed_at: Option<DateTimeUtc>,
    /// The last time step whose code was accepted.
    pub totp_step: Option<i64>,
    pub known_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    #[sea_orm(has_many)]
    pub sessions: HasMany<super::session::Entity>,
    #[sea_orm(has_many)]
    pub api_keys: HasMany<super::api_key::Entity>,
}

/// What an account may do; each role may also what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Role {
    #[sea_orm(string_value = "USER")]
    User,
    #[sea_orm(string_value = "ANALYST")]
    Analyst,
    #[sea_orm(string_value = "ADMIN")]
    Admin,
}

impl ActiveModelBehavior for ActiveModel {}
