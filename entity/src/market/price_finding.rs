//! The table `price_finding`: what is wrong with a bar, or that there is none, and what was decided about it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_finding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub stock_id: Uuid,
    /// The bar's time.
    pub time: DateTimeUtc,
    pub kind: FindingKind,
    /// Which version of the bar: what a source states anew is not what was found. Of a gap `time` itself.
    pub bar_known_at: DateTimeUtc,
    /// Numbers by name, as JSON.
    pub evidence: String,
    /// What would make it right, as JSON.
    pub proposal: Option<String>,
    pub state: FindingState,
    /// Whether reads leave the bar out until it is decided, also those of a past in which it was not.
    pub withholds: bool,
    pub known_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<DecidedBy>,
    #[sea_orm(belongs_to, from = "stock_id", to = "id")]
    pub stock: BelongsTo<super::stock::Entity>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum FindingKind {
    #[sea_orm(string_value = "GAP")]
    Gap,
    #[sea_orm(string_value = "DUPLICATE")]
    Duplicate,
    #[sea_orm(string_value = "UNIT_ERROR")]
    UnitError,
    #[sea_orm(string_value = "BAD_SPLIT")]
    BadSplit,
    #[sea_orm(string_value = "MISSING_SPLIT")]
    MissingSplit,
    #[sea_orm(string_value = "SPIKE")]
    Spike,
    #[sea_orm(string_value = "DISAGREEMENT")]
    Disagreement,
}

/// How far the decision is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum FindingState {
    /// Waits for an administrator, and the bar is read.
    #[sea_orm(string_value = "OPEN")]
    Open,
    /// Waits for an administrator, and the bar is left out.
    #[sea_orm(string_value = "QUARANTINED")]
    Quarantined,
    #[sea_orm(string_value = "APPLIED")]
    Applied,
    #[sea_orm(string_value = "DISMISSED")]
    Dismissed,
}

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
pub enum DecidedBy {
    #[sea_orm(string_value = "RULE")]
    Rule,
    #[sea_orm(string_value = "ADMIN")]
    Admin,
}

impl ActiveModelBehavior for ActiveModel {}
