//! An OpenID Connect provider of tests: real HTTP, real signatures; what its tokens say is set by the test. The keys in
//! this folder were made for it and are used nowhere else.

use std::sync::{Arc, Mutex};

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, get, post};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// Key that the provider publishes.
pub const OWN_KEY: &str = include_str!("first.pem");
/// Key of somebody else.
pub const OTHER_KEY: &str = include_str!("second.pem");

const MODULUS: &str = "ukLG8BUAEzvkuY2vSUOwaoeFJtBVHjPlDjJnpc7MLY94v5rwYtS2LGJhf-yF019IjXo7SgjPoSzyPlnUDnM1l6IVZhar6NXKPBxYulx1suYJEuyfsrnm9ZGTpflQ2P8DiJ-p1-oXJmY8d45928u10yKsgY5pmo7lOi1kd0-dmEbtXBL6IEi-yibC1qqzLwWHYZjp7nb8X7zxL4DXTSS2-spwvh49PIvFmAyibARJ0rnZFoH9vZpLeNKU4h2SrQM-ykMgYIs6r6t_K8O7BinDfNSQ9z9QyG_bvpbl9PIrUscxx8tPWmQ080N89EGDx_9gpca0BriUXee839WqWgYDBw";

/// A running provider.
pub struct Issuer {
    pub url: String,
    said: Arc<Mutex<Said>>,
    handle: actix_web::dev::ServerHandle,
}

/// What the next token says, and what the last request for one brought.
#[derive(Default)]
struct Said {
    url: String,
    token: String,
    form: String,
    authorization: String,
}

impl Issuer {
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let said = Arc::new(Mutex::new(Said {
            url: url.clone(),
            ..Said::default()
        }));
        let data = Data::from(said.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .service(discovery)
                .service(keys)
                .service(exchange)
        })
        .workers(1)
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { url, said, handle }
    }

    /// The next token holds these claims, signed with this key.
    pub fn says(&self, claims: &Value, key: &str) {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some("first".to_owned());
        let key = EncodingKey::from_rsa_pem(key.as_bytes()).unwrap();
        self.says_token(jsonwebtoken::encode(&header, claims, &key).unwrap());
    }

    /// The next token is this text.
    pub fn says_token(&self, token: String) {
        self.said.lock().unwrap().token = token;
    }

    /// Form and `Authorization` of the last exchange.
    pub fn asked(&self) -> (String, String) {
        let said = self.said.lock().unwrap();
        (said.form.clone(), said.authorization.clone())
    }

    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

#[get("/.well-known/openid-configuration")]
async fn discovery(said: Data<Mutex<Said>>) -> HttpResponse {
    let url = said.lock().unwrap().url.clone();
    HttpResponse::Ok().json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/auth"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
    }))
}

#[get("/keys")]
async fn keys() -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "keys": [{ "kty": "RSA", "kid": "first", "use": "sig", "alg": "RS256", "n": MODULUS, "e": "AQAB" }],
    }))
}

#[post("/token")]
async fn exchange(said: Data<Mutex<Said>>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut said = said.lock().unwrap();
    said.form = String::from_utf8(body.to_vec()).unwrap();
    let authorization = request.headers().get("authorization");
    said.authorization = authorization.map_or(String::new(), |value| value.to_str().unwrap().to_owned());
    HttpResponse::Ok().json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": said.token }))
}
