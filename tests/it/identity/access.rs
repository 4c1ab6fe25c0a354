//! Which field asks for which role: the whole schema, walked by every role.

use async_graphql::Executor as _;
use domain::identity::{Access, Role};
use entity::identity::session as row;
use futures_util::StreamExt as _;
use insta::assert_snapshot;
use sea_orm::EntityTrait as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tests::{TestApp, person::error_code};
use tokio::time::timeout;

const INTROSPECTION: &str = "{ __schema { queryType { name } mutationType { name } subscriptionType { name }
    types { kind name
        fields(includeDeprecated: true) { name type { ...T } args { name defaultValue type { ...T } } }
        inputFields { name defaultValue type { ...T } } enumValues { name } possibleTypes { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name } } } } } }";

/// The schema, by type names.
struct Schema(BTreeMap<String, Value>);

impl Schema {
    async fn read(app: &TestApp) -> Self {
        let data = app.data(INTROSPECTION).await;
        let types = data["__schema"]["types"].as_array().unwrap().clone();
        Self(types.into_iter().map(|kind| (kind["name"].as_str().unwrap().to_owned(), kind)).collect())
    }

    fn fields(&self, name: &str) -> Vec<Value> {
        self.0[name]["fields"].as_array().cloned().unwrap_or_default()
    }

    /// A value that the argument accepts.
    fn value(&self, of: &Value) -> String {
        if of["kind"] == "NON_NULL" {
            return self.value(&of["ofType"]);
        }
        if of["kind"] == "LIST" {
            return format!("[{}]", self.value(&of["ofType"]));
        }
        let name = of["name"].as_str().unwrap();
        let kind = &self.0[name];
        match (kind["kind"].as_str().unwrap(), name) {
            ("ENUM", _) => kind["enumValues"][0]["name"].as_str().unwrap().to_owned(),
            ("INPUT_OBJECT", _) => {
                let fields = kind["inputFields"].as_array().unwrap().iter();
                let fields = fields.filter(|field| field["type"]["kind"] == "NON_NULL");
                let fields = fields.map(|field| {
                    format!("{}: {}", field["name"].as_str().unwrap(), self.value(&field["type"]))
                });
                format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
            }
            (_, "Int" | "Long") => "1".to_owned(),
            (_, "Float") => "1.5".to_owned(),
            (_, "Boolean") => "true".to_owned(),
            (_, "Symbol") => "\"AAPL\"".to_owned(),
            (_, "DateTime") => "\"2026-01-01T00:00:00Z\"".to_owned(),
            (_, "Date") => "\"2026-01-01\"".to_owned(),
            (_, "Decimal") => "\"1\"".to_owned(),
            // A job that is not there: who may not ask is told so first.
            (_, "ID") => "\"Sm9iOjAxOTNlYzQwMDAwMDcwMDA4MDAwMDAwMDAwMDAwMDAw\"".to_owned(),
            _ => "\"x\"".to_owned(),
        }
    }

    /// The field with the arguments it needs, and one leaf.
    fn call(&self, field: &Value) -> String {
        let arguments = field["args"].as_array().unwrap().iter();
        let needed =
            arguments.filter(|one| one["type"]["kind"] == "NON_NULL" && one["defaultValue"].is_null());
        let needed: Vec<String> = needed
            .map(|one| format!("{}: {}", one["name"].as_str().unwrap(), self.value(&one["type"])))
            .collect();
        let arguments = if needed.is_empty() { String::new() } else { format!("({})", needed.join(", ")) };
        let leaf = match self.0[named(&field["type"])]["kind"].as_str().unwrap() {
            "OBJECT" | "INTERFACE" | "UNION" => " { __typename }",
            _ => "",
        };
        format!("{}{arguments}{leaf}", field["name"].as_str().unwrap())
    }

    /// The types that can be reached from the fields of `roots` without passing `Node`, whose objects guard themselves.
    fn reachable(&self, roots: &[Value]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut queue: Vec<String> = roots.iter().map(|field| named(&field["type"]).to_owned()).collect();
        while let Some(name) = queue.pop() {
            if name != "Node" && found.insert(name.clone()) {
                queue.extend(self.fields(&name).iter().map(|field| named(&field["type"]).to_owned()));
            }
        }
        found
    }
}

fn named(of: &Value) -> &str {
    of["name"].as_str().unwrap_or_else(|| named(&of["ofType"]))
}

/// Public by nature: they ask for a secret instead of a role.
const BY_SECRET: [&str; 2] = ["login", "refreshToken"];
/// Their codes are wrong here, or there is no second factor to give one of, which is no refusal.
const BY_CODE: [&str; 3] = ["confirmTotp", "renewRecoveryCodes", "verifyTotp"];

/// Whether the answer says that the caller may not.
fn refused(field: &str, answer: &Value) -> bool {
    match error_code(answer) {
        "UNAUTHENTICATED" | "FORBIDDEN" => !BY_SECRET.contains(&field),
        "TOTP_REQUIRED" => !BY_CODE.contains(&field),
        _ => false,
    }
}

/// Who calls: a word for it, an address, whether a second factor was given.
type Caller = (&'static str, Option<String>, bool);

/// The weakest of `callers` that is not refused.
async fn weakest(app: &TestApp, callers: &[Caller], field: &str, document: &str) -> &'static str {
    for (name, email, verified) in callers {
        let bearer = match email {
            // A session for each call: some end it.
            Some(email) => Some(session(app, email, *verified).await),
            None => None,
        };
        if !refused(field, &first_answer(app, bearer.as_deref(), document).await) {
            return name;
        }
    }
    "NOBODY"
}

async fn session(app: &TestApp, email: &str, verified: bool) -> String {
    let person = app.sign_in(email).await;
    if verified {
        let now = sea_orm::sea_query::Expr::val(app.platform.clock.now());
        let sessions = row::Entity::update_many().col_expr(row::Column::TotpVerifiedAt, now);
        sessions.exec(app.platform.db.connection()).await.unwrap();
    }
    person.access_token
}

/// The first answer, also of a subscription; null when none comes.
async fn first_answer(app: &TestApp, bearer: Option<&str>, document: &str) -> Value {
    let access = Access {
        standing: app.gatekeeper.standing(bearer.map(Into::into).as_ref()).await.unwrap(),
        ..Access::default()
    };
    let mut answers = app.schema.execute_stream(async_graphql::Request::new(document).data(access), None);
    let first = timeout(Duration::from_millis(300), answers.next()).await;
    first.ok().flatten().map_or(Value::Null, |answer| serde_json::to_value(answer).unwrap())
}

/// What belongs to someone, or to administrators: no public field may lead to it.
const PRIVATE: [&str; 10] = [
    "Archive",
    "ImportReport",
    "User",
    "Session",
    "ApiKey",
    "AdminSession",
    "AuditEntry",
    "AuditEntryConnection",
    "LogEntry",
    "Provider",
];
/// Public, but the answer is one's own: nothing for the anonymous, and made by the caller's secret for the others.
const OWN: [&str; 6] = ["me", "adminSession", "login", "verifyEmail", "finishGoogleLogin", "refreshToken"];

#[tokio::test]
async fn every_field_asks_for_its_role() {
    let app = TestApp::start().await;
    let schema = Schema::read(&app).await;
    let (user, analyst) = (app.person("user", Role::User).await, app.person("analyst", Role::Analyst).await);
    let admin = app.admin().await;
    let callers = [
        ("ANONYMOUS", None, false),
        ("USER", Some(user.email), false),
        ("ANALYST", Some(analyst.email), false),
        ("ADMIN without a second factor", Some(admin.email.clone()), false),
        ("ADMIN", Some(admin.email), true),
    ];
    let mut lines = Vec::new();
    let mut public = Vec::new();
    for (root, word) in [("Query", "query"), ("Mutation", "mutation"), ("Subscription", "subscription")] {
        for field in schema.fields(root) {
            let name = field["name"].as_str().unwrap();
            let document = format!("{word} {{ {} }}", schema.call(&field));
            let role = weakest(&app, &callers, name, &document).await;
            if role == "ANONYMOUS" && !OWN.contains(&name) {
                public.push(field.clone());
            }
            let of = if name.starts_with("node") { " of a job" } else { "" };
            lines.push(format!("{root}.{name}{of}: {role}"));
        }
    }
    let leaks: Vec<String> =
        schema.reachable(&public).into_iter().filter(|name| PRIVATE.contains(&name.as_str())).collect();
    app.run_jobs().await;
    app.finish().await;
    assert_eq!(leaks, [""; 0], "public fields lead to what is private");
    assert_snapshot!("access", lines.join("\n"));
}
