//! The table `forecast_model`: models that were trained, and how far each has come.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "forecast_model")]
pub struct Model {
    /// Grows with time: of two rows the later one is the newer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: ForecasterKind,
    /// Trading days ahead.
    pub horizon: i32,
    /// Counts within kind and horizon, from 1.
    pub version: i32,
    pub stage: Stage,
    /// Of a model in staging: for so many of a hundred symbols it answers, to be compared with the one in production.
    pub percent: i32,
    pub feature_version: String,
    /// What it was trained on; a snapshot is never deleted while a model names it.
    pub snapshot_id: Uuid,
    /// How it was trained, as JSON.
    #[sea_orm(column_type = "Text")]
    pub settings: String,
    /// What came of it, as JSON.
    #[sea_orm(column_type = "Text")]
    pub report: String,
    /// SHA-256 of the file.
    pub checksum: String,
    /// In bytes.
    pub size: i64,
    /// How long the training took.
    pub duration_ms: i64,
    pub known_at: DateTimeUtc,
}

/// What a model is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(8))")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ForecasterKind {
    #[sea_orm(string_value = "TREES")]
    Trees,
    #[sea_orm(string_value = "LSTM")]
    Lstm,
    #[sea_orm(string_value = "TFT")]
    Tft,
    #[sea_orm(string_value = "ENSEMBLE")]
    Ensemble,
    #[sea_orm(string_value = "OWN")]
    Own,
}

/// How far a model has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Stage {
    #[sea_orm(string_value = "EXPERIMENTAL")]
    Experimental,
    #[sea_orm(string_value = "STAGING")]
    Staging,
    #[sea_orm(string_value = "PRODUCTION")]
    Production,
}

impl ActiveModelBehavior for ActiveModel {}
