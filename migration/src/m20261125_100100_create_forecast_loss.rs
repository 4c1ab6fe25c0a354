//! What models lost on each day that they were tested on, so that two of them can be compared on the same days.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("forecast_loss")
                    .col(uuid("model_id"))
                    .col(date("day"))
                    .col(double("loss"))
                    .col(integer("stock_count"))
                    .primary_key(Index::create().col("model_id").col("day"))
                    .foreign_key(
                        ForeignKey::create().from("forecast_loss", "model_id").to("forecast_model", "id"),
                    )
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("forecast_loss").to_owned()).await
    }
}
