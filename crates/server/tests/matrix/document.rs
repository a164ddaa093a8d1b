//! The operations of the OpenAPI document, with requests that are valid in their shape.

use serde_json::{Value, json};
use uuid::Uuid;

/// One operation.
pub struct Operation {
    /// Name of its row.
    pub name: String,
    pub method: reqwest::Method,
    /// Path below `/api/v1` with its parameters.
    pub path: String,
    pub parameters: Vec<String>,
    pub public: bool,
    body: Option<Value>,
}

/// Every operation of the document. An operation whose path or body cannot be filled fails loudly.
pub fn operations(document: &Value, rows: &[String]) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let public = cms_server::openapi::PUBLIC.contains(&id);
            let row = rows.iter().find(|row| row.replace('.', "_") == id);
            assert!(public || row.is_some(), "{id} has no row");
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let content = operation["requestBody"]["content"].as_object();
            assert!(
                content.is_none() || !schema.is_null(),
                "{id} takes no JSON: teach the matrix its body"
            );
            found.push(Operation {
                name: row.cloned().unwrap_or_else(|| id.to_owned()),
                method: method.to_uppercase().parse().unwrap(),
                path: path.strip_prefix("/api/v1").unwrap().to_owned(),
                parameters: parameters(path),
                public,
                body: (!schema.is_null()).then(|| resolved(document, schema)),
            });
        }
    }
    found
}

fn parameters(path: &str) -> Vec<String> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_owned)
        .collect()
}

impl Operation {
    /// The path with one id in each place; a word in the place of a section.
    pub fn filled(&self, ids: &[String]) -> String {
        let mut path = self.path.clone();
        for (name, id) in self.parameters.iter().zip(ids) {
            path = path.replace(&format!("{{{name}}}"), id);
        }
        path
    }

    /// A body of the right shape whose ids are those of `world`, so that no reference in it is refused first (check 4).
    pub fn body(&self, document: &Value, world: &Value) -> Option<Value> {
        self.body.as_ref().map(|schema| value(document, schema, world, "", 0))
    }
}

fn resolved(document: &Value, schema: &Value) -> Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap().clone(),
        None => schema.clone(),
    }
}

fn value(document: &Value, schema: &Value, world: &Value, name: &str, depth: usize) -> Value {
    assert!(depth < 20, "{name} nests too deep");
    if let Some(id) = world.get(name) {
        return id.clone();
    }
    if name.ends_with("email_address") || name == "to" {
        return json!(format!("{}@example.org", Uuid::now_v7().simple()));
    }
    let schema = resolved(document, schema);
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(options) = schema[choice].as_array() {
            let filled = options.iter().find(|option| option["type"] != "null").unwrap();
            return value(document, filled, world, name, depth + 1);
        }
    }
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) if kinds.iter().any(|kind| kind == "null") => "null",
        Value::Array(kinds) => kinds[0].as_str().unwrap(),
        kind => kind.as_str().unwrap_or("null"),
    };
    match kind {
        "object" => {
            let required: Vec<&str> = schema["required"].as_array().map_or(vec![], |names| {
                names.iter().map(|name| name.as_str().unwrap()).collect()
            });
            let members = schema["properties"].as_object().cloned().unwrap_or_default();
            let members = members.iter().filter(|(name, _)| required.contains(&name.as_str()));
            members
                .map(|(name, schema)| (name.clone(), value(document, schema, world, name, depth + 1)))
                .collect()
        }
        "array" => json!([]),
        "boolean" => json!(false),
        "integer" | "number" => json!(1),
        "string" if schema["format"] == "uuid" => json!(Uuid::now_v7()),
        "string" => json!("x"),
        _ => Value::Null,
    }
}
