//! The queries about who is signed in, and about what was done.

use super::types::{AdminSession, AuditEntry, AuditFilter, User};
use crate::{
    context::ContextExt as _,
    error::Result,
    relay::{Connection, PageArguments, wants_total},
    scalar::Cursor,
};
use async_graphql::{Context, Object};
use domain::identity::{Role, Scope, audit, session};

#[derive(Debug, Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// Who is signed in, or null if nobody is.
    async fn me(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        if ctx.access().is_anonymous() {
            return None;
        }
        let found = async {
            let user = ctx.access().user(Scope::Read)?;
            Ok(User(session::account_of(ctx.platform(), &user).await?))
        };
        Some(found.await)
    }

    /// The administrator's session, or null if no administrator is signed in.
    async fn admin_session(&self, ctx: &Context<'_>) -> Option<Result<AdminSession>> {
        if ctx.access().is_anonymous() {
            return None;
        }
        let found = async {
            let member = ctx.access().member()?;
            let (session, account) = session::get(ctx.platform(), &member).await?;
            Ok((account.role == Role::Admin).then(|| AdminSession::new(account, &session, ctx.now())))
        };
        found.await.transpose()
    }

    /// What administrators, users and the product itself did, newest first. Needs the role ADMIN.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries.")] filter: Option<AuditFilter>,
        #[graphql(desc = "How many, from the newest; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only entries after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only entries before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<AuditEntry>> {
        let _admin = ctx.access().admin()?;
        let filter = filter.unwrap_or_default().parse()?;
        let page = PageArguments { first, after, last, before }.request()?;
        let page = audit::list(ctx.db(), &filter, &page).await?;
        let total = if wants_total(ctx) { audit::count(ctx.db(), &filter).await? } else { 0 };
        Ok(Connection::new(page, i64::try_from(total).unwrap_or(i64::MAX), |row| (row.sequence,), AuditEntry))
    }
}
