//! One socket from its opening to its end.

use super::{
    close::{self, Close},
    message::{Payload, Said, Says},
    operations::{self, Operations},
    row::Call,
};
use crate::{
    error::ApiError,
    http::{
        Server, access,
        sign_in::{SignIn, Verdict},
        wire::Wire,
    },
};
use async_graphql::{Request, Response};
use axum::{
    body::Bytes,
    extract::ws::{Message, WebSocket},
};
use futures_util::{StreamExt as _, stream::BoxStream};
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tracing::{Instrument as _, Span};

/// How long a client may take to say who it is.
const INIT: Duration = Duration::from_secs(3);
/// How often a client is pinged; every WebSocket answers by itself, also one that only listens.
const PING: Duration = Duration::from_secs(25);
/// A client that says nothing, not even a pong, for so long is gone.
const SILENCE: Duration = Duration::from_mins(1);
/// A client that takes nothing for so long is gone too.
const SLOWEST_WRITE: Duration = Duration::from_secs(10);
/// How long a client's own close frame is waited for: what comes later would reset the connection, and eat our code.
const GOODBYE: Duration = Duration::from_secs(2);
/// Messages that a client may send at once, and one more with each tenth of a second.
const BURST: u32 = 200;
const REFILL: Duration = Duration::from_millis(100);

/// Carries messages both ways until either side, the sign-in, or the server ends.
pub struct Conversation {
    server: Arc<Server>,
    /// Of the request that opened the socket.
    span: Span,
    sign_in: SignIn,
    socket: WebSocket,
    /// Under the socket.
    wire: Arc<Wire>,
    is_acknowledged: bool,
    opened: Instant,
    heard: Instant,
    pinged: Instant,
    allowance: Allowance,
    /// Rings when something is due: kept, since setting a timer costs more than looking at it.
    alarm: Pin<Box<Sleep>>,
    shutdown: Pin<Box<WaitForCancellationFutureOwned>>,
    operations: Operations,
}

/// Why the conversation stops.
enum End {
    /// With a word.
    Close(Close),
    /// The client said goodbye, and waits for ours.
    Left,
    /// The client is gone.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

impl Conversation {
    pub fn new(server: Arc<Server>, span: Span, sign_in: SignIn, socket: WebSocket, wire: Arc<Wire>) -> Self {
        let now = Instant::now();
        Self {
            alarm: Box::pin(sleep_until(now + INIT)),
            shutdown: Box::pin(server.shutdown.clone().cancelled_owned()),
            server,
            span,
            sign_in,
            socket,
            wire,
            is_acknowledged: false,
            opened: now,
            heard: now,
            pinged: now,
            allowance: Allowance { left: BURST, since: now },
            operations: Operations::default(),
        }
    }

    /// Talks until there is a reason to stop.
    pub async fn hold(mut self) {
        let end = loop {
            if let Err(end) = self.step().await {
                break end;
            }
        };
        match end {
            End::Close(close) => self.end(close).await,
            // The library answers a goodbye, but sends that only when it is asked for more.
            End::Left => {
                self.operations.clear();
                self.hear_out().await;
            }
            End::Gone => {}
        }
    }

    /// Says why, and waits a little for the client to have heard it.
    pub async fn end(mut self, close: Close) {
        // Before the goodbye: nothing may be sent after it.
        self.operations.clear();
        if self.send(close.into()).await.is_ok() {
            self.hear_out().await;
        }
    }

    async fn hear_out(mut self) {
        let silence = async {
            while let Some(Ok(_)) = self.socket.next().await {}
            self.wire.flush().await
        };
        let _ = timeout(GOODBYE, silence).await;
    }

    /// What is rare stands in boxes, since a socket is as large as all that it may be doing, and in the span: to enter
    /// one at each answer is dear.
    async fn step(&mut self) -> Result<(), End> {
        tokio::select! {
            frame = self.socket.next() => {
                let span = self.span.clone();
                Box::pin(self.hear(frame).instrument(span)).await?;
            }
            Some((id, answer)) = self.operations.next() => {
                return self.tell(&id, answer).await;
            }
            () = self.wire.stuck() => return within(self.wire.flush()).await,
            () = self.sign_in.changed() => {
                let span = self.span.clone();
                Box::pin(self.look_at_sign_in().instrument(span)).await?;
            }
            () = &mut self.alarm => {
                let span = self.span.clone();
                Box::pin(self.be_punctual().instrument(span)).await?;
            }
            () = &mut self.shutdown => return Err(close::GOING_AWAY.into()),
        }
        // Nothing that is told changes what is due.
        let deadline = self.deadline();
        self.alarm.as_mut().reset(deadline);
        Ok(())
    }

    async fn hear(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let Some(frame) = frame else { return Err(End::Gone) };
        let frame =
            frame.map_err(|error| if is_too_large(&error) { close::TOO_LARGE.into() } else { End::Gone })?;
        self.heard = Instant::now();
        if !self.allowance.take(self.heard) {
            return Err(close::TOO_MANY_MESSAGES.into());
        }
        match frame {
            Message::Text(text) => {
                let said = Said::parse(&text).ok_or(close::INVALID_MESSAGE)?;
                self.answer(said).await
            }
            Message::Binary(_) => Err(close::INVALID_MESSAGE.into()),
            // The library answers pings itself.
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(End::Left),
        }
    }

    async fn answer(&mut self, said: Said) -> Result<(), End> {
        match said {
            Said::Init(_) if self.is_acknowledged => Err(close::SECOND_INIT.into()),
            Said::Init(payload) => {
                judge(self.sign_in.begin(bearer(payload.as_ref())).await)?;
                self.is_acknowledged = true;
                self.say(&Says::ConnectionAck).await
            }
            Said::Ping(payload) => self.say(&Says::Pong { payload }).await,
            Said::Pong => Ok(()),
            Said::Subscribe { .. } if !self.is_acknowledged => Err(close::UNAUTHORIZED.into()),
            Said::Subscribe { id, request } => self.start(id.into(), *request).await,
            Said::Complete { id } => {
                self.operations.remove(&id);
                Ok(())
            }
        }
    }

    async fn start(&mut self, id: Arc<str>, request: Request) -> Result<(), End> {
        if self.operations.has(&id) {
            return Err(close::ID_TAKEN.into());
        }
        match self.answers(&id, request).await {
            Ok(answers) => {
                self.operations.add(id, answers);
                Ok(())
            }
            Err(refusal) => self.send(Payload::encode(refusal).to_message(&id)).await,
        }
    }

    /// What an operation answers, or why it does not run.
    async fn answers(&mut self, id: &str, request: Request) -> Result<BoxStream<'static, Payload>, Response> {
        if self.operations.is_full() {
            let message =
                format!("a socket has at most {} operations at a time: complete some", operations::MOST);
            let error = ApiError::too_complex(message);
            return Err(error.with_limit("operations", operations::MOST as u64, None).into());
        }
        let request = request.data(self.sign_in.access().await?);
        let call = Call::new(self.wire.clone(), id);
        self.server.cohorts.answers(&self.server.schema, request, Some(call)).await
    }

    async fn tell(&mut self, id: &Arc<str>, answer: Option<Payload>) -> Result<(), End> {
        match answer {
            Some(answer) => self.send(answer.to_message(id)).await,
            None => self.say(&Says::Complete { id }).await,
        }
    }

    async fn look_at_sign_in(&mut self) -> Result<(), End> {
        match self.sign_in.check().await {
            // It was good before; the next look, or the next request, tells.
            Verdict::Good | Verdict::Unknown => Ok(()),
            Verdict::Over => Err(close::FORBIDDEN.into()),
        }
    }

    /// When something is due, if nothing happens before.
    fn deadline(&self) -> Instant {
        let init = (!self.is_acknowledged).then_some(self.opened + INIT);
        let expiry = self.sign_in.expires_at().map(|end| {
            let left = (end - self.server.platform.clock.now()).to_std().unwrap_or_default();
            Instant::now() + left.max(Duration::from_millis(10))
        });
        let due = [Some(self.pinged + PING), init, expiry].into_iter().flatten().min();
        due.unwrap_or(self.pinged + PING)
    }

    async fn be_punctual(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if !self.is_acknowledged && now >= self.opened + INIT {
            return Err(close::INIT_TIMEOUT.into());
        }
        if now >= self.heard + SILENCE {
            return Err(End::Gone);
        }
        if self.sign_in.expires_at().is_some_and(|end| end <= self.server.platform.clock.now()) {
            return self.look_at_sign_in().await;
        }
        if now >= self.pinged + PING {
            self.pinged = now;
            return self.send(Message::Ping(Bytes::new())).await;
        }
        Ok(())
    }

    async fn say(&mut self, says: &Says<'_>) -> Result<(), End> {
        self.send(says.to_message()).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        within(self.socket.send(message)).await
    }
}

/// Whether the client took what was written.
async fn within<E>(write: impl Future<Output = Result<(), E>>) -> Result<(), End> {
    match timeout(SLOWEST_WRITE, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}

/// The credential of `connection_init`.
fn bearer(payload: Option<&Map<String, Value>>) -> Option<SecretString> {
    let payload = payload?;
    let text = payload.get("authorization").or_else(|| payload.get("Authorization"))?;
    access::bearer(text.as_str())
}

fn judge(verdict: Verdict) -> Result<(), End> {
    match verdict {
        Verdict::Good => Ok(()),
        Verdict::Over => Err(close::FORBIDDEN.into()),
        Verdict::Unknown => Err(close::INTERNAL.into()),
    }
}

/// The library says it in words only.
fn is_too_large(error: &axum::Error) -> bool {
    error.to_string().contains("too long")
}

/// How many messages a client may send now.
struct Allowance {
    left: u32,
    since: Instant,
}

impl Allowance {
    fn take(&mut self, now: Instant) -> bool {
        let earned = (now - self.since).as_millis() / REFILL.as_millis();
        if let Ok(earned @ 1..) = u32::try_from(earned) {
            self.left = self.left.saturating_add(earned).min(BURST);
            self.since += REFILL * earned;
        }
        let is_left = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_left
    }
}
