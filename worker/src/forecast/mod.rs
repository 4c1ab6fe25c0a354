//! The jobs of forecasts.

mod judge_predictions;
mod predict_prices;
mod train_model;
