//! What models expected, chained when it was said; from which posts; and what came.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

const INDEXES: [&str; 6] = [
    "CREATE UNIQUE INDEX prediction_question_key ON prediction (stock_id, model_id, snapshot_id, is_shadow)",
    "CREATE INDEX prediction_case_idx ON prediction (stock_id, model_id, target_day, sequence)",
    "CREATE INDEX prediction_stock_sequence_idx ON prediction (stock_id, sequence)",
    "CREATE INDEX prediction_model_target_idx ON prediction (model_id, target_day, sequence)",
    "CREATE INDEX prediction_open_idx ON prediction (target_day) WHERE judged_at IS NULL",
    "CREATE INDEX prediction_post_post_idx ON prediction_post (post_id, prediction_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(prediction()).await?;
        manager
            .create_table(
                Table::create()
                    .table("prediction_post")
                    .col(uuid("prediction_id"))
                    .col(uuid("post_id"))
                    .col(double("weight"))
                    .primary_key(Index::create().col("prediction_id").col("post_id"))
                    .foreign_key(
                        ForeignKey::create().from("prediction_post", "prediction_id").to("prediction", "id"),
                    )
                    // No key of a post: it may be deleted when its time is over, and this remains.
                    .to_owned(),
            )
            .await?;
        // The end of the chain: without it nobody would miss the last rows.
        manager
            .create_table(
                Table::create()
                    .table("scoreboard_head")
                    .col(small_integer("id").primary_key())
                    .col(big_integer("sequence"))
                    .col(string_len("hash", 64))
                    .to_owned(),
            )
            .await?;
        let db = manager.get_connection();
        for index in INDEXES {
            db.execute_unprepared(index).await?;
        }
        db.execute_unprepared("INSERT INTO scoreboard_head (id, sequence, hash) VALUES (1, 0, '')").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["scoreboard_head", "prediction_post", "prediction"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn prediction() -> TableCreateStatement {
    Table::create()
        .table("prediction")
        .col(uuid("id").primary_key())
        .col(big_integer("sequence").unique_key())
        .col(uuid("stock_id"))
        .col(string_len("symbol", 10))
        .col(uuid("model_id"))
        .col(integer("horizon"))
        .col(uuid("snapshot_id"))
        .col(boolean("is_shadow"))
        .col(boolean("is_simulated"))
        .col(date("day"))
        .col(date("target_day"))
        .col(big_integer("base_price"))
        .col(big_integer("price"))
        .col(big_integer("low_95"))
        .col(big_integer("high_95"))
        .col(big_integer("low_99"))
        .col(big_integer("high_99"))
        .col(text("quantiles"))
        .col(double("probability_up"))
        .col(double("volatility"))
        .col(string_len("signal", 4))
        .col(string_len("risk", 8))
        .col(text("contributions"))
        .col(timestamp_with_time_zone("known_at"))
        .col(string_len("previous_hash", 64))
        .col(string_len("hash", 64))
        .col(big_integer_null("actual_price"))
        .col(timestamp_with_time_zone_null("judged_at"))
        .foreign_key(ForeignKey::create().from("prediction", "stock_id").to("stock", "id"))
        .foreign_key(ForeignKey::create().from("prediction", "model_id").to("forecast_model", "id"))
        .foreign_key(ForeignKey::create().from("prediction", "snapshot_id").to("feature_snapshot", "id"))
        .to_owned()
}
