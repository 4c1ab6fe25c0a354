//! Sign-in by an OpenID Connect provider: the authorization code flow with PKCE.

use crate::config::GoogleConfig;
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::sync::OnceCell;

const PATIENCE: Duration = Duration::from_secs(10);
/// No answer of a provider is larger.
const LARGEST: usize = 1024 * 1024;

/// A provider that vouches for people; clones share what it said of itself.
#[derive(Clone, Debug)]
pub struct Provider(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: GoogleConfig,
    http: reqwest::Client,
    metadata: OnceCell<CoreProviderMetadata>,
}

/// What one sign-in has to remember until the provider sends the browser back.
#[derive(Debug)]
pub struct Attempt {
    pub nonce: String,
    pub verifier: SecretString,
    pub redirect_uri: String,
}

/// Whom the provider vouches for.
#[derive(Clone, Debug)]
pub struct Vouched {
    /// Never changes, unlike the address.
    pub subject: String,
    /// Only one that the provider has verified, at some time.
    pub email: Option<String>,
    /// The domain of the organisation that runs the account with the provider.
    pub hosted_domain: Option<String>,
    pub name: Option<String>,
}

/// What Google says besides the standard.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Claims {
    hd: Option<String>,
}

impl AdditionalClaims for Claims {}

type IdToken = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// The library's client, with our claims.
type OpenIdClient = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<IdToken, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a sign-in by a provider failed.
#[derive(Debug, thiserror::Error)]
pub enum OpenIdError {
    #[error("the provider does not answer: {0}")]
    Unreachable(String),
    #[error("the provider refuses the sign-in; begin again")]
    Refused,
    #[error("the provider's answer is not valid: {0}")]
    Invalid(String),
    #[error("{0:?} is not an address to come back to")]
    RedirectUri(String),
}

impl Provider {
    /// Asks the provider nothing before it is needed.
    pub fn new(config: GoogleConfig) -> Result<Self, OpenIdError> {
        // A redirect could lead the server anywhere.
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        let http = http.build().map_err(|error| OpenIdError::Unreachable(error.to_string()))?;
        Ok(Self(Arc::new(Inner { config, http, metadata: OnceCell::new() })))
    }

    /// A fresh attempt, to be kept secret from all but the one who made it.
    pub fn attempt(redirect_uri: &str) -> Attempt {
        let (_, verifier) = PkceCodeChallenge::new_random_sha256();
        Attempt {
            nonce: Nonce::new_random().secret().clone(),
            verifier: verifier.into_secret().into(),
            redirect_uri: redirect_uri.to_owned(),
        }
    }

    /// Where to send the browser.
    pub async fn authorize_url(&self, attempt: &Attempt, state: &str) -> Result<String, OpenIdError> {
        let verifier = PkceCodeVerifier::new(attempt.verifier.expose_secret().to_owned());
        let (state, nonce) = (state.to_owned(), attempt.nonce.clone());
        let client = self.client(attempt, None).await?;
        let (url, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.into())
    }

    /// Trades the code that the browser came back with for whom the provider vouches for.
    pub async fn exchange(&self, attempt: &Attempt, code: &SecretString) -> Result<Vouched, OpenIdError> {
        let secret = ClientSecret::new(self.0.config.client_secret.expose_secret().to_owned());
        let client = self.client(attempt, Some(secret)).await?;
        let http = self.caller();
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .map_err(|error| OpenIdError::Invalid(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.expose_secret().to_owned()))
            .request_async(&http)
            .await
            .map_err(|error| refused(&error))?;
        let token = answer.id_token().ok_or_else(|| OpenIdError::Invalid("it has no ID token".to_owned()))?;
        let trusted = client.id_token_verifier();
        let claims = token
            .claims(&trusted, &Nonce::new(attempt.nonce.clone()))
            .map_err(|error| OpenIdError::Invalid(error.to_string()))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|error| OpenIdError::Invalid(error.to_string()))?;
            let key = token.signing_key(&trusted).map_err(|error| OpenIdError::Invalid(error.to_string()))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
            if actual.ok().as_ref() != Some(expected) {
                return Err(OpenIdError::Invalid("its tokens do not belong together".to_owned()));
            }
        }
        let is_verified = claims.email_verified() == Some(true);
        Ok(Vouched {
            subject: claims.subject().as_str().to_owned(),
            email: claims.email().filter(|_| is_verified).map(|email| email.as_str().to_owned()),
            hosted_domain: claims.additional_claims().hd.clone(),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned()),
        })
    }

    async fn client(
        &self,
        attempt: &Attempt,
        secret: Option<ClientSecret>,
    ) -> Result<OpenIdClient, OpenIdError> {
        let (metadata, id) = (self.metadata().await?.clone(), ClientId::new(self.0.config.client_id.clone()));
        let client = OpenIdClient::from_provider_metadata(metadata, id, secret);
        Ok(client.set_redirect_uri(redirect(&attempt.redirect_uri)?))
    }

    async fn metadata(&self) -> Result<&CoreProviderMetadata, OpenIdError> {
        let discover = || async {
            let issuer = IssuerUrl::new(self.0.config.issuer.to_string())
                .map_err(|error| OpenIdError::Invalid(error.to_string()))?;
            let http = self.caller();
            CoreProviderMetadata::discover_async(issuer, &http)
                .await
                .map_err(|error| OpenIdError::Unreachable(error.to_string()))
        };
        self.0.metadata.get_or_try_init(discover).await
    }

    /// Our client in the shape that the library wants; it owns what it needs.
    fn caller(
        &self,
    ) -> impl Fn(HttpRequest) -> Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send>> + use<>
    {
        let http = self.0.http.clone();
        move |request| Box::pin(call(http.clone(), request))
    }
}

async fn call(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let mut answer = client.execute(request.try_into()?).await?;
    let mut response = http::Response::builder().status(answer.status());
    if let Some(headers) = response.headers_mut() {
        *headers = answer.headers().clone();
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > LARGEST {
            return Err(CallError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(response.body(body)?)
}

#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Response(#[from] http::Error),
    #[error("its answer is too large")]
    TooLarge,
}

fn redirect(uri: &str) -> Result<RedirectUrl, OpenIdError> {
    RedirectUrl::new(uri.to_owned()).map_err(|_| OpenIdError::RedirectUri(uri.to_owned()))
}

fn refused<E: std::error::Error + 'static, T: openidconnect::ErrorResponse + 'static>(
    error: &openidconnect::RequestTokenError<E, T>,
) -> OpenIdError {
    match error {
        openidconnect::RequestTokenError::ServerResponse(_) => OpenIdError::Refused,
        openidconnect::RequestTokenError::Request(error) => OpenIdError::Unreachable(error.to_string()),
        other => OpenIdError::Invalid(other.to_string()),
    }
}
