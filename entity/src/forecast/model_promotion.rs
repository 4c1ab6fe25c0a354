//! The table `model_promotion`: which model took whose place, when and why.

use super::forecast_model::Stage;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "model_promotion")]
pub struct Model {
    /// Grows with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub model_id: Uuid,
    pub horizon: i32,
    pub from_stage: Stage,
    pub to_stage: Stage,
    /// Which model left production for it.
    pub replaced_id: Option<Uuid>,
    /// Whether the one before was put back.
    pub is_rollback: bool,
    /// Why it was promoted past the gate's objections.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    pub known_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
