//! The table `forecast_loss`: what a model lost on a day that it was tested on.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "forecast_loss")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub model_id: Uuid,
    /// After whose close the forecasts were made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// The mean pinball loss of all stocks and quantiles, in units of the return.
    pub loss: f64,
    /// How many stocks that is the mean of.
    pub stock_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
