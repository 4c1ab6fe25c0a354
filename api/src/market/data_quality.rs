//! How far the bars can be trusted, and what is decided about those that can't.

use super::{
    Stock,
    finding::{FindingFilter, PriceFinding},
    loader::Findings,
};
use crate::{
    SourceKind,
    context::ContextExt as _,
    error::{ApiError, Result},
    loader::Asked,
    relay::{Connection, PageArguments, wants_total},
    scalar::{Cursor, Date, Symbol},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::{
    identity::Scope,
    market::{
        finding,
        quality::{self, Disagreement, Quality},
        repair, stock,
    },
};
use std::collections::HashSet;

/// Each takes all its bars into account.
const MOST_SYMBOLS: usize = 20;

/// How complete and how trustworthy a stock's daily bars are.
pub struct DataQuality {
    stock: stock::Row,
    quality: Option<Quality>,
}

/// How complete and how trustworthy a stock's daily bars are.
#[Object]
impl DataQuality {
    /// The stock.
    async fn stock(&self, ctx: &Context<'_>) -> Stock {
        Stock::new(self.stock.clone(), ctx.now())
    }

    /// The day of the oldest bar; null without bars.
    async fn first_day(&self) -> Option<Date> {
        self.quality.as_ref().map(|quality| Date(quality.first))
    }

    /// The day of the newest bar; null without bars.
    async fn last_day(&self) -> Option<Date> {
        self.quality.as_ref().map(|quality| Date(quality.last))
    }

    /// On how many days between the two the exchange traded.
    async fn sessions_expected(&self) -> i32 {
        self.quality.as_ref().map_or(0, |quality| count(quality.expected))
    }

    /// On how many of them there is a bar, under quarantine or not.
    async fn sessions_present(&self) -> i32 {
        self.quality.as_ref().map_or(0, |quality| count(quality.present))
    }

    /// On how many of them there is none.
    async fn gaps(&self) -> i32 {
        self.quality.as_ref().map_or(0, |quality| count(quality.expected - quality.present))
    }

    /// How many findings there are, by kind and state; the job `market.check_prices` makes them each day.
    async fn finding_counts(&self) -> Vec<FindingCount> {
        let counts = self.quality.iter().flat_map(|quality| &quality.findings);
        let count = |((kind, state), count): (&(finding::Kind, finding::State), &i64)| FindingCount {
            kind: (*kind).into(),
            state: (*state).into(),
            count: i32::try_from(*count).unwrap_or(i32::MAX),
        };
        counts.map(count).collect()
    }

    /// The findings themselves, newest day first.
    async fn findings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which findings.")] filter: Option<FindingFilter>,
        #[graphql(desc = "How many, from the newest day; at most 100, default 20.")] first: Option<i32>,
        #[graphql(desc = "Only findings after this one.")] after: Option<Cursor>,
        #[graphql(desc = "How many, from the oldest day; at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only findings before this one.")] before: Option<Cursor>,
    ) -> Result<Connection<PriceFinding>> {
        let page = PageArguments { first, after, last, before }.request()?;
        let what = Findings { filter: filter.unwrap_or_default().into(), page, total: wants_total(ctx) };
        let (page, total) =
            ctx.loader().load_one(Asked { stock: self.stock.id, what }).await?.unwrap_or_default();
        Ok(Connection::new(page, total, |row| (row.time, row.id), PriceFinding))
    }

    /// Who the bars are from.
    async fn sources(&self) -> Vec<SourceShare> {
        let sources = self.quality.iter().flat_map(|quality| &quality.sources);
        sources.map(|(source, days)| SourceShare { source: (*source).into(), days: count(*days) }).collect()
    }

    /// How far each two real sources are apart where the later one did not repeat the earlier; empty with one source.
    async fn source_agreement(&self) -> Vec<SourceAgreement> {
        self.quality.iter().flat_map(|quality| &quality.disagreements).map(SourceAgreement::from).collect()
    }
}

/// Findings of a kind in a state.
#[derive(SimpleObject)]
struct FindingCount {
    /// What is wrong.
    kind: super::finding::FindingKind,
    /// How far the decision is.
    state: super::finding::FindingState,
    /// How many.
    count: i32,
}

/// A source and its part.
#[derive(SimpleObject)]
struct SourceShare {
    /// Who says so.
    source: SourceKind,
    /// On how many days it said something new, also where another source is read now; what it only repeats is not kept.
    days: i32,
}

/// Two sources on the same days.
#[derive(SimpleObject)]
struct SourceAgreement {
    /// The one source.
    one: SourceKind,
    /// The other source.
    other: SourceKind,
    /// On how many days the later one said something else, be it only the volume.
    days: i32,
    /// On how many of them their closes differ by more than 0.5 %, both adjusted for splits.
    disagreements: i32,
    /// The largest difference, as a part of the other's close, such as 0.02; null without a disagreement.
    largest: Option<f64>,
    /// The day of the largest difference; null without a disagreement.
    largest_day: Option<Date>,
}

impl From<&Disagreement> for SourceAgreement {
    fn from(pair: &Disagreement) -> Self {
        let differences = pair.comparison.disagreements.iter();
        let largest =
            differences.max_by(|one, other| one.difference.abs().total_cmp(&other.difference.abs()));
        Self {
            one: pair.one.into(),
            other: pair.other.into(),
            days: count(pair.comparison.days),
            disagreements: count(pair.comparison.disagreements.len()),
            largest: largest.map(|day| day.difference),
            largest_day: largest.map(|day| Date(day.day)),
        }
    }
}

fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[derive(Debug, Default)]
pub struct DataQualityQuery;

#[Object]
impl DataQualityQuery {
    /// How complete and how trustworthy daily bars are, stock by stock; unknown symbols are left out. Needs the role USER.
    async fn data_quality(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "1 to 20 symbols.")] symbols: Vec<Symbol>,
    ) -> Result<Vec<DataQuality>> {
        ctx.access().user(Scope::Read)?;
        if symbols.is_empty() || symbols.len() > MOST_SYMBOLS {
            return Err(ApiError::input("symbols", format!("name 1 to {MOST_SYMBOLS} symbols")));
        }
        let symbols = symbols.into_iter().map(|symbol| symbol.0).collect();
        let mut rows = stock::with_symbols(ctx.db(), symbols).await?;
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert(row.symbol.clone()));
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut qualities = quality::get(ctx.db(), &ids, ctx.now()).await?;
        Ok(rows
            .into_iter()
            .map(|stock| DataQuality { quality: qualities.remove(&stock.id), stock })
            .collect())
    }
}

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "repair::Decision")]
pub enum FindingDecision {
    /// Do what it proposes: the repaired bar is read from now on, and the old one stays readable through `asOf`.
    Apply,
    /// The bar is right as it is, and is read again if it was under quarantine.
    Dismiss,
}

/// Which finding, and what becomes of it.
#[derive(InputObject)]
struct DecidePriceFindingInput {
    /// One that is OPEN or QUARANTINED.
    id: ID,
    /// What becomes of it.
    decision: FindingDecision,
}

/// What was decided.
#[derive(SimpleObject)]
struct DecidePriceFindingPayload {
    /// The finding as it is now.
    finding: PriceFinding,
}

#[derive(Debug, Default)]
pub struct DataQualityMutation;

#[Object]
impl DataQualityMutation {
    /// Applies what a finding proposes, or dismisses it. Needs the role ADMIN and a fresh TOTP code.
    async fn decide_price_finding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which finding, and what becomes of it.")] input: DecidePriceFindingInput,
    ) -> Result<DecidePriceFindingPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let unknown = || ApiError::input("id", "not an id of a finding: use the `id` that a query returned");
        let id = input.id.parse().map_err(|_| unknown())?;
        let row = repair::decide(ctx.platform(), &proof, id, input.decision.into()).await?;
        Ok(DecidePriceFindingPayload { finding: PriceFinding(row) })
    }
}
