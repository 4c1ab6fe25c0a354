//! The table `one_time_token`: what a mail or a command hands out to be used once.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_token")]
pub struct Model {
    /// SHA-256, in hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    pub account_id: Uuid,
    pub purpose: Purpose,
    pub known_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

/// What a one-time token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Purpose {
    #[sea_orm(string_value = "VERIFY_EMAIL")]
    VerifyEmail,
    #[sea_orm(string_value = "RESET_PASSWORD")]
    ResetPassword,
    /// Ten of them are the way in when the authenticator is lost.
    #[sea_orm(string_value = "RECOVERY")]
    Recovery,
}

impl ActiveModelBehavior for ActiveModel {}
