//! How good models are on labelled data.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(Debug, DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("model_evaluation")
                    .col(uuid("id").primary_key())
                    .col(string_len("task", 16))
                    .col(string("model"))
                    .col(string("version"))
                    .col(text("dataset"))
                    .col(string_len("checksum", 64))
                    .col(string_len("exposure", 16))
                    .col(big_integer("samples"))
                    .col(double("accuracy"))
                    .col(double("macro_f1"))
                    .col(double_null("pearson"))
                    .col(double("calibration_error"))
                    .col(text("confusion"))
                    .col(boolean("is_active"))
                    .col(timestamp_with_time_zone("known_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("model_evaluation_model_checksum")
                    .table("model_evaluation")
                    .col("task")
                    .col("model")
                    .col("checksum")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("model_evaluation").to_owned()).await
    }
}
