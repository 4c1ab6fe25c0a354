//! What is left of a score when someone tries to move it.
//!
//! Each record counts by the quality of its post, how sure it is that the stock is meant, and how far its source is to
//! be trusted. Copies count once and campaigns not at all; and the mean is also given without its loudest author, and
//! without any one source.

use super::{
    Error,
    summary::{UNITS, exact_sum},
};
use crate::{Window, source::drop_unreal, window::any_of};
use entity::{
    SourceKind,
    news::post_copy::{self, CopyKind},
    sentiment::sentiment_record::{Column, Entity},
};
pub use quant::weighted::WeightedMoments;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef,
    sea_query::{Expr, ExprTrait, IntoCondition},
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// The robust scores of a stock in a window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Robust {
    /// Copies count once, campaigns not at all.
    pub mean: WeightedMoments,
    /// Everything counts, weighted alike.
    pub with_copies: WeightedMoments,
    /// `mean` without the author with the greatest weight; `None` if no author is known.
    pub without_top_author: Option<WeightedMoments>,
    /// `mean` without one source, for each.
    pub without_source: BTreeMap<SourceKind, WeightedMoments>,
    pub campaign_records: u64,
    pub cross_post_records: u64,
}

/// How far a source is to be trusted, 0…1: editors and licensed feeds, then crowds whose accounts cost nothing.
pub const fn reliability(source: SourceKind) -> f64 {
    match source {
        SourceKind::Finnhub
        | SourceKind::NewsApi
        | SourceKind::Marketaux
        | SourceKind::AlphaVantage
        | SourceKind::Yahoo
        | SourceKind::Simulated => 1.0,
        SourceKind::Gdelt | SourceKind::File => 0.8,
        SourceKind::Reddit => 0.6,
    }
}

/// The records of one author in one source that are, or are not, copies.
#[derive(Clone, Debug, FromQueryResult)]
struct Group {
    stock_id: Uuid,
    source: SourceKind,
    author_hash: Option<String>,
    kind: Option<CopyKind>,
    count: i64,
    weight: i64,
    square_of_weight: i64,
    sum: i64,
    sum_of_squares: i64,
}

impl Group {
    fn moments(&self) -> WeightedMoments {
        let trust = reliability(self.source);
        let [weight, square, sum, squares] =
            [self.weight, self.square_of_weight, self.sum, self.sum_of_squares].map(|n| n as f64 / UNITS);
        let count = u64::try_from(self.count).unwrap_or(0);
        WeightedMoments::from_sums(
            count,
            [weight * trust, square * trust * trust, sum * trust, squares * trust],
        )
    }
}

/// The robust scores of each stock, in one statement; stocks without scores are left out.
pub async fn by_stocks(
    db: &impl ConnectionTrait,
    stocks: &[Uuid],
    window: &Window,
    sources: &[SourceKind],
) -> Result<HashMap<Uuid, Robust>, Error> {
    let weight = || Expr::col((Entity, Column::Weight));
    let score = || Expr::col((Entity, Column::Score));
    let mut groups = Entity::find()
        .select_only()
        .columns([Column::StockId, Column::Source, Column::AuthorHash])
        .column(post_copy::Column::Kind)
        .column_as(Column::Id.count(), "count")
        .column_as(exact_sum(weight()), "weight")
        .column_as(exact_sum(weight().mul(weight())), "square_of_weight")
        .column_as(exact_sum(weight().mul(score())), "sum")
        .column_as(exact_sum(weight().mul(score()).mul(score())), "sum_of_squares")
        .join(JoinType::LeftJoin, copies(window))
        .filter(Column::StockId.is_in(stocks.iter().copied()))
        .filter(window.contains(Column::PublishedAt, Column::KnownAt))
        .filter(any_of(Column::Source, sources))
        .group_by(Column::StockId)
        .group_by(Column::Source)
        .group_by(Column::AuthorHash)
        .group_by(post_copy::Column::Kind)
        .into_model::<Group>()
        .all(db)
        .await?;
    if sources.is_empty() {
        drop_unreal(&mut groups, |group| (group.stock_id, group.source));
    }
    // Always in the same order, so that an answer is always the same to its last digit.
    groups.sort_by(|left, right| (left.source, &left.author_hash).cmp(&(right.source, &right.author_hash)));
    let mut by_stock: HashMap<Uuid, Vec<Group>> = HashMap::new();
    for group in groups {
        by_stock.entry(group.stock_id).or_default().push(group);
    }
    Ok(by_stock.into_iter().map(|(stock, groups)| (stock, Robust::of(&groups))).collect())
}

/// The copies that were known at the end of the window.
fn copies(window: &Window) -> RelationDef {
    let as_of = window.as_of;
    Entity::belongs_to(post_copy::Entity)
        .from(Column::PostId)
        .to(post_copy::Column::PostId)
        .on_condition(move |_, copy| {
            Expr::col((copy, post_copy::Column::KnownAt)).lte(as_of).into_condition()
        })
        .into()
}

impl Robust {
    fn of(groups: &[Group]) -> Self {
        let mut robust = Self::default();
        let mut authors: BTreeMap<(SourceKind, &str), WeightedMoments> = BTreeMap::new();
        for group in groups {
            let moments = group.moments();
            robust.with_copies = robust.with_copies.merge(moments);
            match group.kind {
                Some(CopyKind::Campaign) => robust.campaign_records += moments.count(),
                Some(CopyKind::CrossPost) => robust.cross_post_records += moments.count(),
                None => {
                    robust.mean = robust.mean.merge(moments);
                    if let Some(author) = &group.author_hash {
                        let of_author = authors.entry((group.source, author)).or_default();
                        *of_author = of_author.merge(moments);
                    }
                }
            }
        }
        let counted = || groups.iter().filter(|group| group.kind.is_none());
        let without = |leave_out: &dyn Fn(&Group) -> bool| {
            let rest = counted().filter(|group| !leave_out(group));
            rest.fold(WeightedMoments::default(), |sum, group| sum.merge(group.moments()))
        };
        let loudest = authors.iter().max_by(|left, right| left.1.weight().total_cmp(&right.1.weight()));
        robust.without_top_author = loudest.map(|((source, author), _)| {
            without(&|group| group.source == *source && group.author_hash.as_deref() == Some(*author))
        });
        for group in counted() {
            let source = group.source;
            robust.without_source.entry(source).or_insert_with(|| without(&|group| group.source == source));
        }
        robust
    }
}
