//! The mutations about accounts and credentials.

use super::{
    input::{
        CreateApiKeyInput, DeleteMyAccountInput, EnrollTotpInput, FinishGoogleLoginInput, LoginInput,
        LogoutInput, RefreshTokenInput, RegisterInput, RemoveTotpInput, RenewRecoveryCodesInput,
        RequestPasswordResetInput, ResetPasswordInput, RevokeApiKeyInput, SetUserRoleInput,
        StartGoogleLoginInput, TotpInput, UpdateProfileInput, VerifyEmailInput,
    },
    payload::{
        ConfirmTotpPayload, CreateApiKeyPayload, DonePayload, EnrollTotpPayload, RenewRecoveryCodesPayload,
        RevokeApiKeyPayload, StartGoogleLoginPayload, UserPayload, VerifyTotpPayload,
    },
    types::{AdminSession, ApiKey, SessionPayload, User, uuid},
};
use crate::{context::ContextExt as _, error::Result};
use async_graphql::{Context, MaybeUndefined, Object};
use domain::identity::{
    Access, account,
    account::{ProfileChange, Registration},
    api_key::{self, NewKey},
    departure, enrolment, google, login, recovery, session, totp,
};
use secrecy::ExposeSecret as _;

#[derive(Debug, Default)]
pub struct IdentityMutation;

const DONE: DonePayload = DonePayload { done: true };

#[Object]
impl IdentityMutation {
    /// Makes an account and mails a token to verify the address. The answer does not tell whether there was one before.
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new account.")] input: RegisterInput,
    ) -> Result<DonePayload> {
        let RegisterInput { email, password, display_name } = input;
        let new = Registration { email: email.parse()?, password: password.into(), display_name };
        account::register(ctx.platform(), &ctx.access().origin, new).await?;
        Ok(DONE)
    }

    /// Verifies an e-mail address by the token that was mailed to it and the password it was registered with, and signs in.
    async fn verify_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: VerifyEmailInput,
    ) -> Result<SessionPayload> {
        let account = account::verify_email(
            ctx.platform(),
            &ctx.access().origin,
            &input.token.into(),
            input.password.into(),
        )
        .await?;
        let keyring = ctx.gatekeeper().keyring();
        let origin = &ctx.access().origin;
        Ok(login::open(ctx.platform(), keyring, origin, account, "identity.verify_email").await?.into())
    }

    /// Signs in with a password.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address and password.")] input: LoginInput,
    ) -> Result<SessionPayload> {
        let (keyring, origin) = (ctx.gatekeeper().keyring(), &ctx.access().origin);
        // What is no address belongs to nobody, which is all that an answer may say.
        let email = input.email.parse().map_err(|_| domain::identity::Error::WrongCredentials)?;
        Ok(login::login(ctx.platform(), keyring, origin, &email, input.password.into()).await?.into())
    }

    /// Begins a sign-in with Google, by the authorization code flow with PKCE.
    async fn start_google_login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to come back to.")] input: StartGoogleLoginInput,
    ) -> Result<StartGoogleLoginPayload> {
        let begun = google::begin(ctx.platform(), &input.redirect_uri).await?;
        Ok(StartGoogleLoginPayload { url: begun.url, state: begun.state.expose_secret().to_owned() })
    }

    /// Signs in whom Google vouches for, and makes the account the first time. An account that has the address already is
    /// taken only where Google decides who has it: at gmail.com, and in organisations that it runs.
    async fn finish_google_login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "State and code.")] input: FinishGoogleLoginInput,
    ) -> Result<SessionPayload> {
        let (keyring, origin) = (ctx.gatekeeper().keyring(), &ctx.access().origin);
        let FinishGoogleLoginInput { state, code } = input;
        Ok(google::finish(ctx.platform(), keyring, origin, &state.into(), &code.into()).await?.into())
    }

    /// Trades a refresh token for fresh tokens. One that is used twice was stolen: then the session ends.
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshTokenInput,
    ) -> Result<SessionPayload> {
        let (keyring, origin) = (ctx.gatekeeper().keyring(), &ctx.access().origin);
        Ok(session::refresh(ctx.platform(), keyring, origin, &input.refresh_token.into()).await?.into())
    }

    /// Ends a session: its tokens are no longer good, its sockets close. Needs a session.
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: LogoutInput,
    ) -> Result<DonePayload> {
        let member = ctx.access().member()?;
        let session = input.session_id.map(|id| uuid("sessionId", &id)).transpose()?;
        session::revoke(ctx.platform(), &member, session.unwrap_or(member.session())).await?;
        Ok(DONE)
    }

    /// Mails a token to choose a new password with. The answer does not tell whether there is such an account.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password.")] input: RequestPasswordResetInput,
    ) -> Result<DonePayload> {
        account::request_password_reset(ctx.platform(), &ctx.access().origin, &input.email.parse()?).await?;
        Ok(DONE)
    }

    /// Sets a new password by a token, and ends all sessions of the account.
    async fn reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token and password.")] input: ResetPasswordInput,
    ) -> Result<DonePayload> {
        let origin = &ctx.access().origin;
        account::reset_password(ctx.platform(), origin, &input.token.into(), input.password.into()).await?;
        Ok(DONE)
    }

    /// Changes one's own profile. Needs a session.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What shall change.")] input: UpdateProfileInput,
    ) -> Result<UserPayload> {
        let member = ctx.access().member()?;
        let display_name = match input.display_name {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(name) => Some(Some(name)),
        };
        let change = ProfileChange { display_name, time_zone: input.time_zone };
        Ok(UserPayload { user: User(account::update_profile(ctx.platform(), &member, change).await?) })
    }

    /// Prepares a second factor; it counts once `confirmTotp` got its first code. Where there is one already, it stays until
    /// then, and a fresh code of it is needed. Needs a session.
    async fn enroll_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password.")] input: EnrollTotpInput,
    ) -> Result<EnrollTotpPayload> {
        let password = input.password.map(Into::into);
        let enrolment = enrolment::enrol(ctx.platform(), ctx.access(), password).await?;
        Ok(EnrollTotpPayload {
            uri: enrolment.uri.expose_secret().to_owned(),
            secret: enrolment.secret.expose_secret().to_owned(),
            qr_svg: enrolment.qr_svg.expose_secret().to_owned(),
        })
    }

    /// Takes the second factor into use, in place of the one before: its codes, its recovery codes and what was proven with
    /// it count no more. Needs a session.
    async fn confirm_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first code.")] input: TotpInput,
    ) -> Result<ConfirmTotpPayload> {
        let codes = enrolment::confirm(ctx.platform(), &ctx.access().member()?, &input.code.into()).await?;
        let recovery_codes = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
        Ok(ConfirmTotpPayload { recovery_codes })
    }

    /// Takes one's own second factor away; administrators can only replace theirs, with `enrollTotp`. Needs a session, the
    /// password and a fresh TOTP code.
    async fn remove_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password.")] input: RemoveTotpInput,
    ) -> Result<DonePayload> {
        enrolment::remove(ctx.platform(), ctx.access(), input.password.map(Into::into)).await?;
        Ok(DONE)
    }

    /// Makes ten new recovery codes; the ones before are withdrawn. Needs a session and a fresh TOTP code.
    async fn renew_recovery_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proof.")] input: RenewRecoveryCodesInput,
    ) -> Result<RenewRecoveryCodesPayload> {
        let access = ctx.access().clone();
        let access = Access { code: input.code.map(Into::into).or(access.code), ..access };
        let codes = recovery::renew(ctx.platform(), &access).await?;
        let recovery_codes = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
        Ok(RenewRecoveryCodesPayload { recovery_codes })
    }

    /// Makes the second factor of this session fresh for five minutes. Needs a session.
    async fn verify_totp(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A code.")] input: TotpInput,
    ) -> Result<VerifyTotpPayload> {
        let member = ctx.access().member()?;
        let given = totp::verify(ctx.platform(), &member, &input.code.into()).await?;
        let (session, account) = session::get(ctx.platform(), &member).await?;
        let is_admin = account.role == domain::identity::Role::Admin;
        Ok(VerifyTotpPayload {
            fresh_until: given + domain::identity::access::FRESH,
            admin_session: is_admin.then(|| AdminSession::new(account, &session, ctx.now())),
        })
    }

    /// Makes an API key for a program. Needs a session; for the scope ADMIN also that role and a fresh TOTP code.
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it shall be.")] input: CreateApiKeyInput,
    ) -> Result<CreateApiKeyPayload> {
        let new = NewKey {
            name: input.name,
            scopes: input.scopes.into_iter().map(Into::into).collect(),
            expires_at: input.expires_at,
            requests_per_hour: input.requests_per_hour,
        };
        let (row, key) = api_key::create(ctx.platform(), ctx.access(), new).await?;
        Ok(CreateApiKeyPayload { key: key.expose_secret().to_owned(), api_key: ApiKey(row) })
    }

    /// Revokes an API key, within seconds also on open sockets. Needs a session.
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which key.")] input: RevokeApiKeyInput,
    ) -> Result<RevokeApiKeyPayload> {
        let member = ctx.access().member()?;
        let row = api_key::revoke(ctx.platform(), &member, uuid("id", &input.id)?).await?;
        Ok(RevokeApiKeyPayload { api_key: ApiKey(row) })
    }

    /// Deletes one's own account: everything personal goes at once. Needs a session, and the password or, with a second
    /// factor, a fresh TOTP code.
    async fn delete_my_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The proof.")] input: DeleteMyAccountInput,
    ) -> Result<DonePayload> {
        departure::delete_account(ctx.platform(), ctx.access(), input.password.map(Into::into)).await?;
        Ok(DONE)
    }

    /// Gives a role to an account. Needs the role ADMIN and a fresh TOTP code.
    async fn set_user_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who gets which role.")] input: SetUserRoleInput,
    ) -> Result<UserPayload> {
        let proof = ctx.access().fresh_totp(ctx.platform()).await?;
        let email = input.email.parse()?;
        let row = account::set_role(ctx.platform(), &proof, &email, input.role.into()).await?;
        Ok(UserPayload { user: User(row) })
    }
}
