//! The jobs of forecasts.

mod check_drift;
mod judge_predictions;
mod predict_prices;
mod promote_if_better;
mod retrain_models;
mod train_model;
