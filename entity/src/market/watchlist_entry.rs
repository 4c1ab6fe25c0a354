//! The table `watchlist_entry`: the stocks that the collectors follow.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "watchlist_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub stock_id: Uuid,
    pub is_paused: bool,
    pub known_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "stock_id", to = "id")]
    pub stock: BelongsTo<super::stock::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
