//! Whether models still see what they were trained on.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("drift_report")
                    .col(uuid("id").primary_key())
                    .col(uuid("model_id"))
                    .col(date("first_day"))
                    .col(date("last_day"))
                    .col(big_integer("row_count"))
                    .col(text("features"))
                    .col(integer("moved"))
                    .col(double_null("accuracy_before"))
                    .col(double_null("accuracy_now"))
                    .col(boolean("is_drift"))
                    .col(timestamp_with_time_zone("known_at"))
                    .foreign_key(
                        ForeignKey::create().from("drift_report", "model_id").to("forecast_model", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE UNIQUE INDEX drift_report_model_day_key ON drift_report (model_id, last_day)",
        )
        .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("drift_report").to_owned()).await
    }
}
