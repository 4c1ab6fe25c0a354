//! The table `signing_key`: what access tokens are signed with; the newest signs, all that have not expired verify.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_key")]
pub struct Model {
    /// The `kid` of tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Ed25519, base64url.
    pub public_key: String,
    /// PKCS #8, sealed.
    #[sea_orm(column_type = "Text")]
    pub private_key: String,
    pub known_at: DateTimeUtc,
    /// Set when another key takes over.
    pub retired_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
