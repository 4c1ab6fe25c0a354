//! The table `provider_credential`: what a vendor asks for, sealed.

use crate::SourceKind;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_credential")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider: SourceKind,
    #[sea_orm(column_type = "Text")]
    pub sealed: String,
    /// The last characters of the secret, to know it by.
    pub last_four: String,
    /// When it was given.
    pub known_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
