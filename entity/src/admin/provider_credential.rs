//! The table `provider_credential`: what a vendor asks for, sealed.

use crate::SourceKind;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

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
    /// Of what administrators were reminded last.
    pub reminder: Option<Reminder>,
}

/// What a mail to administrators is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum Reminder {
    /// It is time to think of another credential.
    #[sea_orm(string_value = "SOON")]
    Soon,
    /// It is time to replace the credential.
    #[sea_orm(string_value = "DUE")]
    Due,
}

impl ActiveModelBehavior for ActiveModel {}
