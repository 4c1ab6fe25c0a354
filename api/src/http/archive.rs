//! Archives over HTTP: downloads, and files of administrators on their way in. Both are streams.

use super::{Server, access, answer, negotiate::Media};
use crate::{error::ApiError, limit};
use axum::{
    Json, Router,
    body::{Body, BodyDataStream, Bytes},
    extract::{Path, Query, Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LOCATION},
        request::Parts,
    },
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use domain::{
    admin::{exchange, upload::Upload},
    archive::{self, FileName, Kind, LONGEST_WRITING, Row, State as ArchiveState},
    identity::{Access, Admin, Scope},
};
use futures_util::{Stream, StreamExt as _, stream};
use platform::Platform;
use serde::Deserialize;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use tower_http::{set_header::SetResponseHeaderLayer, timeout::RequestBodyTimeoutLayer};
use uuid::Uuid;

const LINGER: Duration = Duration::from_secs(5);
const SLOWEST_PIECE: Duration = Duration::from_secs(10);
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");

/// The routes; unlike all others they take and give bodies of any size.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/archives", post(upload))
        .route("/archives/{id}", get(download))
        .route_layer(SetResponseHeaderLayer::overriding(CACHE_CONTROL, PRIVATE))
        // Of each piece: who sends nothing for so long is gone.
        .route_layer(RequestBodyTimeoutLayer::new(SLOWEST_PIECE))
}

/// Sends an archive to its owner.
async fn download(State(server): State<Arc<Server>>, Path(id): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let found = async {
        let access = enter(&server, &parts, limit::reading()).await?;
        let user = access.user(Scope::Read)?;
        let id = id.parse::<Uuid>().map_err(|_| archive::Error::NotFound)?;
        let found = exchange::find(&server.platform, &user, id).await?;
        let row = found.ok_or(archive::Error::NotFound)?.row;
        let admin = if row.kind == Kind::MyData { None } else { Some(access.admin()?) };
        if row.state != ArchiveState::Ready {
            return Err(archive::Error::NotReady.into());
        }
        if let Some(admin) = admin {
            exchange::record_download(&server.platform, &admin, row.id).await?;
        }
        Ok(row)
    };
    match found.await {
        Ok(row) => {
            (headers(&row), Body::from_stream(content(server.platform.clone(), row.id))).into_response()
        }
        Err(error) => refuse(error, &parts),
    }
}

fn headers(row: &Row) -> HeaderMap {
    let kind = match row.kind {
        Kind::Upload => "application/octet-stream",
        _ => "application/gzip",
    };
    let value = |text: String| HeaderValue::try_from(text).expect("names and hashes are plain ASCII");
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_LENGTH, row.size_bytes.into()),
        (CONTENT_DISPOSITION, value(format!("attachment; filename=\"{}\"", row.file_name))),
        (ETAG, value(format!("\"{}\"", row.sha256.as_deref().unwrap_or_default()))),
    ])
}

/// The parts, each read when the one before has been sent.
fn content(platform: Platform, id: Uuid) -> impl Stream<Item = Result<Vec<u8>, archive::Error>> {
    stream::try_unfold((platform, 0), move |(platform, seq)| async move {
        let part = archive::part(platform.db.connection(), id, seq).await?;
        Ok(part.map(|bytes| (bytes, (platform, seq + 1))))
    })
}

/// What is said of a file besides its bytes.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

/// Takes a file from an administrator.
async fn upload(
    State(server): State<Arc<Server>>,
    Query(Named { name }): Query<Named>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let declared =
        parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let entered = async {
        let access = enter(&server, &parts, limit::writing()).await?;
        let admin = access.admin()?;
        Ok((admin, name.parse::<FileName>()?))
    };
    let entered = entered.await;
    let most = server.largest_upload;
    let mut pieces = body.into_data_stream();
    // A task of its own goes on when the client goes away, and tidies up.
    let taken = tokio::spawn(async move {
        let taken = match entered {
            Ok(_) if declared.is_some_and(|size| size > most) => Err(ApiError::too_large(most)),
            Ok((admin, name)) => take(&server.platform, &admin, name, &mut pieces, most).await,
            Err(error) => Err(error),
        };
        if taken.is_err() {
            tokio::spawn(linger(pieces));
        }
        taken
    });
    match taken.await {
        Ok(Ok(row)) => created(&row),
        Ok(Err(error)) => refuse(error, &parts),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Stores the body, or nothing of it.
async fn take(
    platform: &Platform,
    admin: &Admin,
    name: FileName,
    pieces: &mut BodyDataStream,
    most: u64,
) -> Result<Row, ApiError> {
    let mut upload = Upload::begin(platform, admin, name).await?;
    let longest = LONGEST_WRITING.to_std().unwrap_or_default();
    let filled = timeout(longest, fill(&mut upload, pieces, most)).await;
    let filled = filled.unwrap_or_else(|_| Err(ApiError::malformed("this took too long")));
    match filled {
        Ok(()) => Ok(upload.finish().await?),
        Err(error) => {
            upload.discard().await?;
            Err(error)
        }
    }
}

async fn fill(upload: &mut Upload, pieces: &mut BodyDataStream, most: u64) -> Result<(), ApiError> {
    while let Some(piece) = pieces.next().await {
        let piece: Bytes = piece.map_err(|_| ApiError::malformed("the file broke off; send it again"))?;
        if upload.size() + piece.len() as u64 > most {
            return Err(ApiError::too_large(most));
        }
        upload.write(&piece).await?;
    }
    if upload.size() == 0 { Err(ApiError::malformed("send the file as the body")) } else { Ok(()) }
}

/// Reads on for a while after a refusal: whose sending is cut short, does not read why.
async fn linger(mut pieces: BodyDataStream) {
    let _ = timeout(LINGER, async { while let Some(Ok(_)) = pieces.next().await {} }).await;
}

fn created(row: &Row) -> Response {
    let made = json!({
        "id": row.id,
        "fileName": row.file_name,
        "sizeBytes": row.size_bytes,
        "sha256": row.sha256,
        "expiresAt": row.expires_at,
    });
    (StatusCode::CREATED, [(LOCATION, format!("/archives/{}", row.id))], Json(made)).into_response()
}

/// Who asks, if they may ask now.
async fn enter(server: &Server, parts: &Parts, demand: limit::Demand) -> Result<Access, ApiError> {
    let access = access::of(server, parts).await?;
    let decision = server.schema.limits.spend(&access, demand).await;
    match decision.as_ref().and_then(limit::refusal) {
        Some(refusal) => Err(refusal),
        None => Ok(access),
    }
}

fn refuse(error: ApiError, parts: &Parts) -> Response {
    answer::refuse(Media::Json, error.status(), error, parts)
}
