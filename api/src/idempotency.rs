//! Lets a client send a mutation again without it being done again.
//!
//! Gives the input of every mutation the field `clientMutationId`, so that none can lack it.

use crate::{context::ContextExt as _, error::ApiError};
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Name, ObjectType, OutputType, Positioned, ServerError,
    ServerResult, Value,
    parser::types::Field,
    registry::{Deprecation, MetaField, MetaInputValue, MetaType, Registry},
    resolver_utils::resolve_container_serial,
};
use domain::identity::idempotency::{self, Begun};
use std::borrow::Cow;

const NAME: &str = "clientMutationId";
const DESCRIPTION: &str = "Up to 100 characters of your choice that make it safe to send this again, such as a UUID: \
    the same mutation with the same id from the same session or API key within 24 hours is done once, and has the answer \
    of the first time. Without a sign-in it means nothing.";
/// Their answers have secrets, which are shown once and stored nowhere.
const SECRET: [&str; 9] = [
    "confirmTotp",
    "createApiKey",
    "enrollTotp",
    "finishGoogleLogin",
    "login",
    "refreshToken",
    "renewRecoveryCodes",
    "startGoogleLogin",
    "verifyEmail",
];

/// The mutations of `M`, each done once.
#[derive(Debug, Default)]
pub struct Once<M>(M);

impl<M: ObjectType> OutputType for Once<M> {
    fn type_name() -> Cow<'static, str> {
        M::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = M::create_type_info(registry);
        let mutation = registry.types.get(M::type_name().as_ref());
        let fields = mutation.and_then(MetaType::fields).into_iter().flat_map(|fields| fields.values());
        for input in fields.filter_map(input_type).collect::<Vec<_>>() {
            if let Some(MetaType::InputObject { input_fields, .. }) = registry.types.get_mut(&input) {
                input_fields.insert(NAME.to_owned(), client_mutation_id());
            }
        }
        name
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container_serial(ctx, self).await
    }
}

impl<M: ObjectType> ObjectType for Once<M> {}

impl<M: ObjectType> ContainerType for Once<M> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let arguments = ctx.field().arguments()?;
        let (Some(caller), Some(key)) = (ctx.access().caller(), key(&arguments)) else {
            return self.0.resolve_field(ctx).await;
        };
        let failed = |error: ApiError| ctx.set_error_path(shaped(error, ctx));
        let request = request(ctx, &arguments);
        let begun = idempotency::begin(ctx.platform(), caller, key, &request).await;
        let ticket = match begun.map_err(|error| failed(error.into()))? {
            Begun::Fresh(ticket) => ticket,
            Begun::Answered(answer) => return Ok(serde_json::from_str(&answer).ok()),
        };
        let answer = self.0.resolve_field(ctx).await;
        let kept = match &answer {
            Ok(answer) => {
                let is_secret = SECRET.contains(&ctx.field().name());
                let text = serde_json::to_string(answer).expect("a value can be written as JSON");
                ticket.keep(ctx.platform(), (!is_secret).then_some(text)).await
            }
            Err(_) => ticket.release(ctx.platform()).await,
        };
        // What was done was done: the caller gets the answer all the same.
        kept.unwrap_or_else(|error| tracing::warn!(?error, "Could not keep the answer of a mutation"));
        answer
    }
}

/// What makes two mutations the same: name, arguments, and what is asked of the answer.
fn request(ctx: &Context<'_>, arguments: &[(Name, Value)]) -> String {
    format!("{} {arguments:?} {:?}", ctx.field().name(), ctx.item.node.selection_set.node)
}

fn key(arguments: &[(Name, Value)]) -> Option<&str> {
    arguments.iter().find_map(|(_, input)| match input {
        Value::Object(input) => match input.get(NAME)? {
            Value::String(key) => Some(key.as_str()),
            _ => None,
        },
        _ => None,
    })
}

fn shaped(error: ApiError, ctx: &Context<'_>) -> ServerError {
    async_graphql::Error::from(error).into_server_error(ctx.item.pos)
}

/// The type of the argument `input`.
fn input_type(field: &MetaField) -> Option<String> {
    field.args.get("input").map(|input| input.ty.trim_end_matches('!').to_owned())
}

fn client_mutation_id() -> MetaInputValue {
    MetaInputValue {
        name: NAME.to_owned(),
        description: Some(DESCRIPTION.to_owned()),
        ty: "String".to_owned(),
        deprecation: Deprecation::NoDeprecated,
        default_value: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}
