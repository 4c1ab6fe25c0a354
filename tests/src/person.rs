//! Someone who uses the product.

use crate::{TestApp, secret};
use async_graphql::{Executor as _, Request, Variables};
use domain::identity::{Access, Gatekeeper, Origin, Role, account, login};
use entity::identity::account as row;
use platform::Platform;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

/// What everyone's password is.
pub const PASSWORD: &str = "plum-orbit-carbon-lantern";

/// Someone with an account and an open session.
#[derive(Clone, Debug)]
pub struct Person {
    pub email: String,
    pub access_token: String,
    pub refresh_token: String,
    /// In base 32, once a second factor is set up.
    pub totp_secret: Option<String>,
}

impl Person {
    /// The code that the authenticator shows at the product's time.
    pub fn code(&self, app: &TestApp) -> String {
        self.code_in(app, 0)
    }

    /// The code that it will show in so many seconds.
    pub fn code_in(&self, app: &TestApp, seconds: u64) -> String {
        let secret = self.totp_secret.as_ref().expect("a second factor is set up");
        let secret = Secret::try_from_base32(secret).unwrap();
        let totp = Builder::new().with_secret(secret).with_account_name("any").build().unwrap();
        let now = u64::try_from(app.platform.clock.now().timestamp()).unwrap();
        let code = totp.generate(now + seconds).to_string();
        secret::note(&code);
        code
    }
}

impl TestApp {
    /// Makes an account with `role` and signs in with its password.
    pub async fn person(&self, name: &str, role: Role) -> Person {
        let email = format!("{name}@example.org");
        secret::note(&email);
        let token = account::create_admin(&self.platform, &email.parse().unwrap()).await.unwrap();
        let origin = Origin::default();
        secret::note(token.expose_secret());
        secret::note(PASSWORD);
        account::reset_password(&self.platform, &origin, &token, PASSWORD.into()).await.unwrap();
        row::Entity::update_many()
            .col_expr(row::Column::Role, Expr::val(role))
            .filter(row::Column::Email.eq(&email))
            .exec(self.platform.db.connection())
            .await
            .unwrap();
        self.sign_in(&email).await
    }

    /// Opens another session, as one who has proven to be the owner of `email`.
    pub async fn sign_in(&self, email: &str) -> Person {
        let (keyring, origin) = (self.gatekeeper.keyring(), Origin::default());
        let db = self.platform.db.connection();
        let row = account::by_email(db, &email.parse().unwrap()).await.unwrap().unwrap();
        let signed_in = login::open(&self.platform, keyring, &origin, row, "test.sign_in").await.unwrap();
        let (access, refresh) = (&signed_in.access.token, &signed_in.refresh_token);
        secret::note(access.expose_secret());
        secret::note(refresh.expose_secret());
        Person {
            email: email.to_owned(),
            access_token: access.expose_secret().to_owned(),
            refresh_token: refresh.expose_secret().to_owned(),
            totp_secret: None,
        }
    }

    /// An administrator with a second factor that is fresh.
    pub async fn admin(&self) -> Person {
        let mut admin = self.person("admin", Role::Admin).await;
        self.enrol(&mut admin).await;
        admin
    }

    /// Another one.
    pub async fn second_admin(&self) -> Person {
        let mut admin = self.person("second", Role::Admin).await;
        self.enrol(&mut admin).await;
        admin
    }

    /// Sets up a second factor, fresh in the person's session; its recovery codes.
    pub async fn enrol(&self, person: &mut Person) -> Vec<String> {
        let enrol = "mutation ($password: String!) { enrollTotp(input: { password: $password }) { secret } }";
        let enrolled = self.graphql_as(person, enrol, json!({ "password": PASSWORD })).await;
        person.totp_secret = enrolled["data"]["enrollTotp"]["secret"].as_str().map(str::to_owned);
        let confirm = "mutation ($code: String!) { confirmTotp(input: { code: $code }) { recoveryCodes } }";
        let confirmed = self.graphql_as(person, confirm, json!({ "code": person.code(self) })).await;
        assert_eq!(confirmed.get("errors"), None, "{confirmed}");
        serde_json::from_value(confirmed["data"]["confirmTotp"]["recoveryCodes"].clone()).unwrap()
    }

    /// Executes a document as `person` in another process, of which `platform` is.
    pub async fn graphql_on(
        &self,
        platform: &Platform,
        person: &Person,
        query: &str,
        variables: Value,
    ) -> Value {
        let gatekeeper = Gatekeeper::start(platform);
        let schema = api::schema::build(platform, &gatekeeper, &self.config);
        let bearer: SecretString = person.access_token.as_str().into();
        let standing = gatekeeper.standing(Some(&bearer)).await.unwrap();
        let request = Request::new(query).variables(Variables::from_json(variables));
        let request = request.data(Access { standing, ..Access::default() });
        serde_json::to_value(schema.execute(request).await).unwrap()
    }

    /// Executes a document as `person`; the whole response.
    pub async fn graphql_as(&self, person: &Person, query: &str, variables: Value) -> Value {
        self.graphql_with(Some(&person.access_token), None, query, variables).await
    }

    /// Executes a document as `person` that must succeed; its data.
    pub async fn data_as(&self, person: &Person, query: &str, variables: Value) -> Value {
        let mut response = self.graphql_as(person, query, variables).await;
        assert_eq!(response.get("errors"), None, "{query}");
        response["data"].take()
    }

    /// Executes a document with a credential and a TOTP code, as HTTP would.
    pub async fn graphql_with(
        &self,
        bearer: Option<&str>,
        code: Option<&str>,
        query: &str,
        variables: Value,
    ) -> Value {
        let bearer: Option<SecretString> = bearer.map(Into::into);
        let access = Access {
            origin: Origin::default(),
            standing: self.gatekeeper.standing(bearer.as_ref()).await.unwrap(),
            code: code.map(Into::into),
        };
        self.execute(query, variables, access).await
    }
}

/// The code of the first error of a response.
pub fn error_code(response: &Value) -> &str {
    response["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}
