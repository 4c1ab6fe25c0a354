//! Data out of the product and back in, over GraphQL; the files themselves go over `http::archive`.

use super::archive::{
    Archive, DeleteArchiveInput, DeleteArchivePayload, ExportDataInput, ExportMyDataInput, ExportPayload,
    ImportArchiveInput, ImportPayload, ImportPricesInput,
};
use crate::{
    context::ContextExt as _,
    error::{ApiError, Result},
    scalar::Symbol,
};
use async_graphql::{Context, ID, Object};
use domain::{
    admin::{
        ImportData,
        exchange::{self, Table},
    },
    identity::Scope,
};
use uuid::Uuid;

#[derive(Debug, Default)]
pub struct ExchangeQuery;

#[Object]
impl ExchangeQuery {
    /// One's own archives, newest first; never more than 20. Needs the role USER.
    async fn archives(&self, ctx: &Context<'_>) -> Result<Vec<Archive>> {
        let user = ctx.access().user(Scope::Read)?;
        let archives = exchange::list(ctx.platform(), &user).await?;
        Ok(archives.into_iter().map(Archive).collect())
    }

    /// One's own archive with `id`, or null if there is none, or none any more. Needs the role USER.
    async fn archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An archive's id.")] id: ID,
    ) -> Option<Result<Archive>> {
        let found = async {
            let user = ctx.access().user(Scope::Read)?;
            let archive = exchange::find(ctx.platform(), &user, uuid("id", &id)?).await?;
            Ok(archive.map(Archive))
        };
        found.await.transpose()
    }
}

#[derive(Debug, Default)]
pub struct ExchangeMutation;

#[Object]
impl ExchangeMutation {
    /// Writes down everything that is kept about oneself, for download. While that is being written, asking again gives
    /// the same archive. Needs a session.
    async fn export_my_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Nothing has to be said.")] input: ExportMyDataInput,
    ) -> Result<ExportPayload> {
        // Every mutation takes one, and this one needs nothing of it.
        drop(input);
        let member = ctx.access().member()?;
        payload(exchange::export_my_data(ctx.platform(), &member).await?)
    }

    /// Writes a table, or what it has about one stock, as gzipped CSV for download; it can be imported again. Needs the
    /// role ADMIN.
    async fn export_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to export.")] input: ExportDataInput,
    ) -> Result<ExportPayload> {
        let admin = ctx.access().admin()?;
        let symbol = input.symbol.map(|symbol| symbol.0);
        payload(exchange::export_data(ctx.platform(), &admin, input.what.into(), symbol).await?)
    }

    /// Reads daily bars out of an archive: CSV, JSON or JSON lines, plain or gzipped. Rows that are there already stay as
    /// they are; bad rows are rejected one by one. Needs the role ADMIN and a fresh TOTP code.
    async fn import_prices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which archive.")] input: ImportPricesInput,
    ) -> Result<ImportPayload> {
        import(ctx, Table::Prices, &input.archive_id, input.symbol).await
    }

    /// Reads posts out of an archive, as `importPrices` does prices, and has them scored. Needs the role ADMIN and a fresh
    /// TOTP code.
    async fn import_posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which archive.")] input: ImportArchiveInput,
    ) -> Result<ImportPayload> {
        import(ctx, Table::Posts, &input.archive_id, None).await
    }

    /// Reads stocks out of an archive, as `importPrices` does prices. Needs the role ADMIN and a fresh TOTP code.
    async fn import_stocks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which archive.")] input: ImportArchiveInput,
    ) -> Result<ImportPayload> {
        import(ctx, Table::Stocks, &input.archive_id, None).await
    }

    /// Deletes one's own archive, also one that is being written. Needs the role USER.
    async fn delete_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which archive.")] input: DeleteArchiveInput,
    ) -> Result<DeleteArchivePayload> {
        let user = ctx.access().user(Scope::Write)?;
        exchange::delete(ctx.platform(), &user, uuid("id", &input.id)?).await?;
        Ok(DeleteArchivePayload { id: input.id })
    }
}

fn payload(archive: exchange::Archive) -> Result<ExportPayload> {
    let job = archive.job.clone().ok_or_else(|| ApiError::not_found("job", "the job was deleted"))?;
    Ok(ExportPayload { archive: Archive(archive), job: job.into() })
}

async fn import(
    ctx: &Context<'_>,
    table: Table,
    archive: &ID,
    symbol: Option<Symbol>,
) -> Result<ImportPayload> {
    let proof = ctx.access().fresh_totp(ctx.platform()).await?;
    let archive = uuid("archiveId", archive)?;
    let input = ImportData { archive, table, symbol: symbol.map(|symbol| symbol.0) };
    let job = exchange::import_data(ctx.platform(), &proof, input).await?;
    Ok(ImportPayload { job: job.into() })
}

/// The UUID given as `field`.
fn uuid(field: &str, id: &ID) -> Result<Uuid> {
    id.parse().map_err(|_| ApiError::input(field, "this is not the id of an archive; `archives` lists them"))
}
