//! The table `model_evaluation`: how good a model was on labelled data; a row only when something is new.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "model_evaluation")]
pub struct Model {
    /// Grows with time: of two rows the later one is the newer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub task: ModelTask,
    pub model: String,
    pub version: String,
    /// The name of the file.
    #[sea_orm(column_type = "Text")]
    pub dataset: String,
    /// Of what the model was given: the same name with other rows is other data.
    pub checksum: String,
    pub exposure: Exposure,
    pub samples: i64,
    /// 0…1.
    pub accuracy: f64,
    /// 0…1.
    pub macro_f1: f64,
    /// −1…1; absent where one side is constant.
    pub pearson: Option<f64>,
    /// Expected calibration error, 0…1.
    pub calibration_error: f64,
    /// Counts by true class, then answer, as JSON.
    #[sea_orm(column_type = "Text")]
    pub confusion: String,
    /// Whether the model in this version is in use, as far as workers know.
    pub is_active: bool,
    pub known_at: DateTimeUtc,
}

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum ModelTask {
    #[sea_orm(string_value = "SENTIMENT")]
    Sentiment,
}

/// Whether the training of a model saw what it is measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Exposure {
    #[sea_orm(string_value = "HELD_OUT")]
    HeldOut,
    #[sea_orm(string_value = "TRAINED_ON")]
    TrainedOn,
    #[sea_orm(string_value = "UNKNOWN")]
    Unknown,
}

impl ActiveModelBehavior for ActiveModel {}
