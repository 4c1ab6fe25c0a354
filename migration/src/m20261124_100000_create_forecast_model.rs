//! Models that were trained, and which took whose place.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("forecast_model")
                    .col(uuid("id").primary_key())
                    .col(string_len("kind", 8))
                    .col(integer("horizon"))
                    .col(integer("version"))
                    .col(string_len("stage", 16))
                    .col(string_len("feature_version", 16))
                    .col(uuid("snapshot_id"))
                    .col(text("settings"))
                    .col(text("report"))
                    .col(string_len("checksum", 64))
                    .col(big_integer("size"))
                    .col(big_integer("duration_ms"))
                    .col(timestamp_with_time_zone("known_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("forecast_model", "snapshot_id")
                            .to("feature_snapshot", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE UNIQUE INDEX forecast_model_version_key ON forecast_model (kind, horizon, version)",
        )
        .await?;
        // One model at a time answers for a horizon.
        db.execute_unprepared(
            "CREATE UNIQUE INDEX forecast_model_production_key ON forecast_model (horizon) \
             WHERE stage = 'PRODUCTION'",
        )
        .await?;
        manager
            .create_table(
                Table::create()
                    .table("model_promotion")
                    .col(uuid("id").primary_key())
                    .col(uuid("model_id"))
                    .col(integer("horizon"))
                    .col(string_len("from_stage", 16))
                    .col(string_len("to_stage", 16))
                    .col(uuid_null("replaced_id"))
                    .col(boolean("is_rollback"))
                    .col(text_null("reason"))
                    .col(timestamp_with_time_zone("known_at"))
                    .foreign_key(
                        ForeignKey::create().from("model_promotion", "model_id").to("forecast_model", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        db.execute_unprepared("CREATE INDEX model_promotion_horizon_idx ON model_promotion (horizon, id)")
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("model_promotion").to_owned()).await?;
        manager.drop_table(Table::drop().table("forecast_model").to_owned()).await
    }
}
