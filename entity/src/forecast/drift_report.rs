//! The table `drift_report`: whether what a model is given, and what comes of it, still is what it was trained on.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "drift_report")]
pub struct Model {
    /// Grows with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub model_id: Uuid,
    /// The days that were looked at.
    pub first_day: Date,
    pub last_day: Date,
    /// How many days of stocks.
    pub row_count: i64,
    /// What was found of each feature, as JSON.
    #[sea_orm(column_type = "Text")]
    pub features: String,
    /// How many features have moved.
    pub moved: i32,
    /// How often the model was right about the direction, before it answered and of late; absent where nothing was judged.
    pub accuracy_before: Option<f64>,
    pub accuracy_now: Option<f64>,
    /// Whether it is time to train again.
    pub is_drift: bool,
    pub known_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "model_id", to = "id")]
    pub model: BelongsTo<super::forecast_model::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
