//! What makes two requests the same.

use crate::document::Judge;
use async_graphql::Request;
use domain::identity::Access;

/// A document with its variables, whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    document: String,
    operation: Option<String>,
    variables: String,
}

impl Question {
    /// That of a request that was judged, but for the variable `except`.
    pub fn of(request: &Request, except: Option<&str>) -> Self {
        let mut variables = request.variables.clone();
        if let Some(name) = except {
            variables.remove(name);
        }
        Self {
            document: request.query.clone(),
            operation: request.operation_name.clone(),
            // Sorted by name, as the map of variables is.
            variables: serde_json::to_string(&variables).expect("variables came as JSON"),
        }
    }

    /// In bytes.
    pub fn size(&self) -> usize {
        self.document.len() + self.variables.len()
    }

    /// Asked by nobody in particular, so that the answer is one that all may see.
    pub fn request(&self, judge: &Judge) -> Request {
        let variables = serde_json::from_str(&self.variables).expect("variables were written as JSON");
        let mut request = Request::new(self.document.clone()).variables(variables).data(Access::default());
        request.operation_name.clone_from(&self.operation);
        judge.reopen(&mut request);
        request
    }
}
