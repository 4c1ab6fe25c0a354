//! Models that answer for a share of the symbols, to be compared with the one in production.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "forecast_model";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let percent = Table::alter().table(TABLE).add_column(integer("percent").default(0)).to_owned();
        manager.alter_table(percent).await?;
        // One model at a time is tried for a horizon.
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE UNIQUE INDEX forecast_model_trial_key ON forecast_model (horizon) WHERE percent > 0",
        )
        .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("forecast_model_trial_key").table(TABLE).to_owned()).await?;
        manager.alter_table(Table::alter().table(TABLE).drop_column("percent").to_owned()).await
    }
}
