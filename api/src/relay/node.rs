//! Any object by its global id.

use super::{GlobalId, NodeKind};
use crate::{
    admin::Job,
    context::ContextExt,
    error::{ApiError, Result},
    forecast::{Model, Prediction},
    market::Stock,
    news::Post,
    sentiment::SentimentRecord,
};
use async_graphql::{Context, ID, Interface, Object};
use domain::{admin, forecast, market, news, sentiment};
use std::collections::HashMap;
use uuid::Uuid;

const MOST: usize = 100;
const KINDS: [NodeKind; 6] = [
    NodeKind::Stock,
    NodeKind::Post,
    NodeKind::SentimentRecord,
    NodeKind::Job,
    NodeKind::Model,
    NodeKind::Prediction,
];

/// An object with a global id.
#[derive(Clone, Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Identifies the object among all objects of all types."))]
pub enum Node {
    Stock(Stock),
    Post(Post),
    SentimentRecord(SentimentRecord),
    Job(Job),
    Model(Model),
    Prediction(Prediction),
}

#[derive(Debug, Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with the global `id`, or null if there is none.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id.")] id: ID,
    ) -> Option<Result<Node>> {
        let found = async {
            let id = GlobalId::decode("id", &id)?;
            Ok(load(ctx, &[id]).await?.remove(&id))
        };
        found.await.transpose()
    }

    /// The objects with the global `ids`, in their order, with null where there is none.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Up to 100 global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MOST {
            return Err(ApiError::input("ids", format!("at most {MOST} ids at a time")));
        }
        let ids: Vec<GlobalId> = ids.iter().map(|id| GlobalId::decode("ids", id)).collect::<Result<_>>()?;
        let found = load(ctx, &ids).await?;
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }
}

/// Loads each kind with one statement.
async fn load(ctx: &Context<'_>, ids: &[GlobalId]) -> Result<HashMap<GlobalId, Node>> {
    let of = |kind| ids.iter().filter(move |id| id.kind == kind).map(|id| id.id).collect::<Vec<Uuid>>();
    let (db, now) = (ctx.db(), ctx.now());
    let mut found = HashMap::new();
    let mut add = |kind, id, node| found.insert(GlobalId::new(kind, id), node);
    for kind in KINDS {
        let ids = of(kind);
        if ids.is_empty() {
            continue;
        }
        match kind {
            NodeKind::Stock => {
                for row in market::stock::by_ids(db, ids).await? {
                    add(kind, row.id, Stock::new(row, now).into());
                }
            }
            NodeKind::Post => {
                for row in news::post::by_ids(db, ids).await? {
                    add(kind, row.id, Post::from(row).into());
                }
            }
            NodeKind::SentimentRecord => {
                for row in sentiment::record::by_ids(db, ids).await? {
                    add(kind, row.id, SentimentRecord::from(row).into());
                }
            }
            NodeKind::Model => {
                for row in forecast::model::by_ids(db, ids).await? {
                    add(kind, row.id, Model::from(row).into());
                }
            }
            NodeKind::Prediction => {
                for row in forecast::prediction::by_ids(db, ids).await? {
                    add(kind, row.id, Prediction::from(row).into());
                }
            }
            NodeKind::Job => {
                let reach = admin::job::Reach::of(ctx.access())?;
                for row in admin::job::within(db, reach, ids).await? {
                    add(kind, row.id, Job::from(row).into());
                }
            }
        }
    }
    Ok(found)
}
