//! What must hold when all posts have been scored: each exactly once.

use domain::{
    event::Event as _,
    news::NewPost,
    sentiment::{SentimentScored, record},
};
use entity::{
    event::{event, topic},
    news::post,
    sentiment::{post_score, sentiment_record},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use std::{collections::HashSet, ops::Range};
use tests::{TestApp, build};
use uuid::Uuid;

/// Posts that mention two stocks each.
pub fn posts(numbers: Range<usize>) -> Vec<NewPost> {
    let post = |number| {
        let body = format!("number {number}: $ACME is great and $EMCA is terrible");
        build::new_post(&format!("post-{number}"), "2026-01-05T10:00:00Z", &body)
    };
    numbers.map(post).collect()
}

pub async fn stocks(app: &TestApp) {
    build::stocks(&app.platform, &["ACME", "EMCA"]).await;
}

/// Every post is there once, scored once, with each record announced once, in order.
pub async fn assert_once(app: &TestApp, count: usize) {
    let db = app.platform.db.connection();
    let posts = post::Entity::find().all(db).await.unwrap();
    let ids: HashSet<String> = posts.iter().map(|post| post.external_id.clone()).collect();
    assert_eq!((posts.len(), ids.len()), (count, count), "posts are lost or doubled");
    assert_eq!(posts.iter().filter(|post| post.scored_at.is_none()).count(), 0, "posts are not scored");
    let scores = post_score::Entity::find().all(db).await.unwrap();
    let judged: HashSet<Uuid> = scores.iter().map(|score| score.post_id).collect();
    assert_eq!((scores.len(), judged.len()), (count, count), "scores are lost or doubled");
    let records: Vec<record::Row> = sentiment_record::Entity::find().all(db).await.unwrap();
    let mentions: HashSet<_> = records.iter().map(|record| (record.post_id, record.stock_id)).collect();
    assert_eq!((records.len(), mentions.len()), (2 * count, 2 * count), "records are lost or doubled");
    assert_announced(app, &records.iter().map(|record| record.id).collect()).await;
}

async fn assert_announced(app: &TestApp, records: &HashSet<Uuid>) {
    let db = app.platform.db.connection();
    let topic = SentimentScored::TOPIC;
    let mut events = event::Entity::find().filter(event::Column::Topic.eq(topic)).all(db).await.unwrap();
    events.sort_by_key(|event| event.sequence);
    let last = i64::try_from(records.len()).unwrap();
    let sequences: Vec<i64> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=last).collect::<Vec<_>>());
    let topic = topic::Entity::find_by_id(topic.to_owned()).one(db).await.unwrap().unwrap();
    assert_eq!(topic.last_sequence, last);
    let announced: HashSet<Uuid> =
        events.iter().map(|event| event.payload["record"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!(&announced, records, "records were announced twice, or never");
}
