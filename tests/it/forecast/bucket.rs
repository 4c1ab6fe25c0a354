//! Models that lie in a bucket, for machines that did not train them.

use super::market::{self, THEN, request};
use axum::http::StatusCode;
use domain::forecast::{
    Artefacts, Error, Predictor,
    model::{self, Kind, Row},
    training::{Asked, train},
};
use std::fs;
use tests::{S3, TestApp, build};
use tokio::sync::watch;

async fn app(s3: &S3) -> TestApp {
    let mut app = TestApp::start_on(THEN).await;
    app.platform.bucket = Some(s3.bucket());
    market::make(&app).await;
    app
}

async fn trained(app: &TestApp) -> Result<Row, Error> {
    let artefacts = Artefacts::new(&app.platform, &app.config.models);
    train(&app.platform, &artefacts, &request(Kind::Trees, 0), watch::channel(None).0, Asked::default()).await
}

/// How many stocks a machine that has nothing but the bucket says something of.
async fn ask_elsewhere(app: &TestApp, model: &Row) -> Result<usize, Error> {
    let folder = app.models.path().join("forecast");
    let _ = fs::remove_dir_all(folder);
    let predictor = Predictor::new(&app.platform, &app.config.models);
    let answers = predictor.ask(&app.platform, model, &market::SYMBOLS.map(build::symbol)).await?;
    Ok(answers.values().filter(|answer| answer.is_ok()).count())
}

#[tokio::test]
async fn a_model_trained_on_one_machine_answers_on_another() {
    let s3 = S3::start().await;
    let app = app(&s3).await;
    s3.fail(&[StatusCode::SERVICE_UNAVAILABLE]);
    let model = trained(&app).await.unwrap();
    let names = s3.names();
    s3.fail(&[StatusCode::INTERNAL_SERVER_ERROR]);
    let answers = ask_elsewhere(&app, &model).await.unwrap();
    let kept = fs::read_dir(app.models.path().join("forecast")).unwrap().count();
    app.finish().await;
    assert_eq!(names, [format!("of/ours/forecast/{}.onnx", model.checksum)]);
    assert_eq!((answers, kept), (3, 1), "it is fetched once");
}

#[tokio::test]
async fn a_file_that_was_altered_or_is_gone_is_no_model() {
    let s3 = S3::start().await;
    let app = app(&s3).await;
    let model = trained(&app).await.unwrap();
    s3.damage();
    let altered = ask_elsewhere(&app, &model).await.unwrap_err();
    s3.empty();
    let gone = ask_elsewhere(&app, &model).await.unwrap_err();
    s3.fail(&[StatusCode::FORBIDDEN]);
    let forbidden = ask_elsewhere(&app, &model).await.unwrap_err();
    app.finish().await;
    assert!(matches!(altered, Error::Artefact(_, "it was altered")), "{altered}");
    assert!(matches!(gone, Error::Artefact(_, "it is neither here nor in the bucket")), "{gone}");
    assert!(matches!(forbidden, Error::Bucket(_)), "{forbidden}");
}

#[tokio::test]
async fn what_cannot_be_put_into_the_bucket_is_not_on_record() {
    let s3 = S3::start().await;
    let app = app(&s3).await;
    s3.fail(&[StatusCode::FORBIDDEN]);
    let refused = trained(&app).await.unwrap_err();
    let count = model::count(app.platform.db.connection(), &model::Filter::default()).await.unwrap();
    app.finish().await;
    assert!(matches!(refused, Error::Bucket(_)), "{refused}");
    assert_eq!(count, 0);
}
