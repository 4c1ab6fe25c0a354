//! The table `prediction_post`: the posts that a prediction took into account.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "prediction_post")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub prediction_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    /// Which may be gone by now.
    pub post_id: Uuid,
    /// Its part of all of them, 0…1.
    pub weight: f64,
    #[sea_orm(belongs_to, from = "prediction_id", to = "id")]
    pub prediction: BelongsTo<super::prediction::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
