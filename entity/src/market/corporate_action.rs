//! The table `corporate_action`: splits and dividends, every version of what each source says.

use crate::{SourceKind, amount::Amount};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "corporate_action")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub stock_id: Uuid,
    /// Midnight UTC of the first session without the right, as in `price_bar`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ex_date: DateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: ActionKind,
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: SourceKind,
    #[sea_orm(primary_key, auto_increment = false)]
    pub known_at: DateTimeUtc,
    pub superseded_at: Option<DateTimeUtc>,
    /// Of a split: so many for `old_shares`.
    pub new_shares: Option<Amount>,
    pub old_shares: Option<Amount>,
    /// Of a dividend: for each share as it is on the ex-date.
    pub cash: Option<Amount>,
    #[sea_orm(belongs_to, from = "stock_id", to = "id")]
    pub stock: BelongsTo<super::stock::Entity>,
}

/// What a company did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum ActionKind {
    #[sea_orm(string_value = "SPLIT")]
    Split,
    #[sea_orm(string_value = "DIVIDEND")]
    Dividend,
}

impl ActiveModelBehavior for ActiveModel {}
