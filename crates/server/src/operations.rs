//! Which operation of the policy a route is.

use std::collections::HashMap;

use actix_web::http::Method;
use domain::policy;
use utoipa::openapi::OpenApi;

/// The operations by method and path. Those without a row in the policy are not among them.
#[derive(Clone, Debug, Default)]
pub struct Operations(HashMap<(Method, String), &'static str>);

impl Operations {
    /// The operations of a document, whose paths are those of the routes (S-01).
    ///
    /// # Errors
    /// A sentence when the policy cannot be read.
    pub fn of(document: &OpenApi) -> Result<Self, String> {
        let rows = policy::table().map_err(|error| error.to_string())?;
        let by_id: HashMap<String, &'static str> = rows
            .keys()
            .map(|operation| (operation.replace('.', "_"), operation.as_str()))
            .collect();
        let mut operations = HashMap::new();
        for (path, item) in &document.paths.paths {
            let methods = [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::DELETE, &item.delete),
                (Method::PATCH, &item.patch),
            ];
            for (method, found) in methods {
                let id = found.as_ref().and_then(|found| found.operation_id.as_deref());
                if let Some(operation) = id.and_then(|id| by_id.get(id)) {
                    operations.insert((method, path.clone()), *operation);
                }
            }
        }
        Ok(Self(operations))
    }

    /// The operation of a route.
    pub fn get(&self, method: &Method, path: &str) -> Option<&'static str> {
        self.0.get(&(method.clone(), path.to_owned())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi;

    #[test]
    fn s_01_a_route_is_found_by_its_method_and_path() {
        let operations = Operations::of(&openapi::document().unwrap()).unwrap();
        let found = |method, path| operations.get(&method, path);
        assert_eq!(found(Method::GET, "/api/v1/tenants"), Some("tenant.list"));
        assert_eq!(found(Method::POST, "/api/v1/tenants"), Some("tenant.create"));
        assert_eq!(found(Method::POST, "/api/v1/session"), None);
        assert_eq!(found(Method::PATCH, "/api/v1/tenants"), None);
    }
}
