//! The table `provider_state`: what came of calling a vendor, one row per vendor that was ever called.

use crate::SourceKind;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_state")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider: SourceKind,
    /// When the last call that counts began: each test, and others now and then.
    pub tested_at: DateTimeUtc,
    /// When the credential was given that was tested; null where the vendor wants none.
    pub given_at: Option<DateTimeUtc>,
    /// What came of it.
    pub outcome: Outcome,
    /// What the vendor still grants in its present period, where it says so.
    pub quota_left: Option<i64>,
    pub last_success_at: Option<DateTimeUtc>,
    /// When a call failed last.
    pub error_at: Option<DateTimeUtc>,
    pub error: Option<Outcome>,
    /// In our words, never in the vendor's.
    #[sea_orm(column_type = "Text", nullable)]
    pub error_message: Option<String>,
    /// As the worker that called last has it.
    pub breaker: Breaker,
    /// When it will be called again; null while nothing keeps from it.
    pub retry_at: Option<DateTimeUtc>,
}

/// Whether a vendor that keeps failing is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(10))")]
pub enum Breaker {
    /// It is called.
    #[sea_orm(string_value = "CLOSED")]
    Closed,
    /// It is left alone.
    #[sea_orm(string_value = "OPEN")]
    Open,
    /// One call shall show whether it is well again.
    #[sea_orm(string_value = "HALF_OPEN")]
    HalfOpen,
}

/// How a vendor answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(20))")]
pub enum Outcome {
    /// As it should.
    #[sea_orm(string_value = "OK")]
    Ok,
    /// It refuses the credential.
    #[sea_orm(string_value = "WRONG_CREDENTIAL")]
    WrongCredential,
    /// It grants no more for now.
    #[sea_orm(string_value = "LIMITED")]
    Limited,
    /// Not at all, or with a failure of its own.
    #[sea_orm(string_value = "UNREACHABLE")]
    Unreachable,
    /// With something that it does not document.
    #[sea_orm(string_value = "UNEXPECTED")]
    Unexpected,
}

impl ActiveModelBehavior for ActiveModel {}
