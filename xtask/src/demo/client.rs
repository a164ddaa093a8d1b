//! A client of the REST API, as anybody could write it.

use std::time::{Duration, Instant};

use api_types::job::JobView;
use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::{Request, Response};
use ureq::{Agent, Body};

use crate::command;
use crate::failure::{About, Failure, Outcome};

const PATIENCE: Duration = Duration::from_mins(30);

/// A client, signed in or not.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    origin: String,
    cookie: Option<String>,
}

impl Client {
    /// A client of the server at `origin`.
    pub fn new(origin: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(2)));
        Self {
            agent: config.build().into(),
            origin: origin.to_owned(),
            cookie: None,
        }
    }

    /// Reads one thing.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Outcome<T> {
        let request = self.request("GET", path).body(())?;
        read(path, self.agent.run(request).about(path)?)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn bytes(&self, path: &str) -> Outcome<Vec<u8>> {
        let request = self.request("GET", path).body(())?;
        let mut response = self.agent.run(request).about(path)?;
        let status = response.status();
        let bytes = response.body_mut().read_to_vec().about(path)?;
        if status.is_success() {
            Ok(bytes)
        } else {
            Err(Failure::new(format!("{path}: {status}")))
        }
    }

    /// Sends a new thing.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Outcome<T> {
        read(path, self.send("POST", path, None, body)?)
    }

    /// Sends something about the version `etag` of a thing.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn post_to<T: DeserializeOwned>(&self, path: &str, etag: &str, body: &impl Serialize) -> Outcome<T> {
        read(path, self.send("POST", path, Some(etag), body)?)
    }

    /// Sends the new state of the version `etag`.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn put<T: DeserializeOwned>(&self, path: &str, etag: &str, body: &impl Serialize) -> Outcome<T> {
        read(path, self.send("PUT", path, Some(etag), body)?)
    }

    /// Sends what opens a session and keeps its cookie.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn open_session(&mut self, path: &str, body: &impl Serialize) -> Outcome {
        let response = self.send("POST", path, None, body)?;
        let cookie = response
            .headers()
            .get("set-cookie")
            .and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|value| value.split(';').next()).map(str::to_owned);
        let _: serde_json::Value = read(path, response)?;
        self.cookie = Some(cookie.ok_or_else(|| Failure::new(format!("{path} set no cookie")))?);
        Ok(())
    }

    /// The cookie of the session, as a header has it.
    pub fn cookie(&self) -> &str {
        self.cookie.as_deref().unwrap_or_default()
    }

    /// Follows a job to its end.
    ///
    /// # Errors
    /// When it does not succeed.
    pub fn follow(&self, job: uuid::Uuid) -> Outcome<JobView> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let view: JobView = self.get(&format!("/jobs/{job}"))?;
            match view.state.as_str() {
                "queued" | "running" => command::pause(Duration::from_millis(50)),
                "succeeded" => return Ok(view),
                state => {
                    let log: Vec<String> = view.log.iter().map(|line| line.message.clone()).collect();
                    let why = view.message.unwrap_or_default();
                    return Err(Failure::new(format!(
                        "{}: {state}: {why}\n{}",
                        view.title,
                        log.join("\n")
                    )));
                }
            }
        }
        Err(Failure::new(format!("job {job} does not end")))
    }

    fn send(&self, method: &str, path: &str, etag: Option<&str>, body: &impl Serialize) -> Outcome<Response<Body>> {
        let mut request = self.request(method, path).header("Content-Type", "application/json");
        if let Some(etag) = etag {
            request = request.header("If-Match", etag);
        }
        self.agent.run(request.body(serde_json::to_string(body)?)?).about(path)
    }

    fn request(&self, method: &str, path: &str) -> ureq::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/api/v1{path}", self.origin));
        let request = request.header("Origin", &self.origin).header("X-CMS-Request", "1");
        match &self.cookie {
            Some(cookie) => request.header("Cookie", cookie),
            None => request,
        }
    }
}

/// Reads JSON of any address, such as a simulator's own.
///
/// # Errors
/// When nobody answers or the answer is not this JSON.
pub fn fetch<T: DeserializeOwned>(address: &str) -> Outcome<T> {
    read(address, ureq::get(address).call().about(address)?)
}

/// True if somebody answers with success.
pub fn answers(address: &str) -> bool {
    ureq::get(address).call().is_ok()
}

fn read<T: DeserializeOwned>(what: &str, mut response: Response<Body>) -> Outcome<T> {
    let status = response.status();
    let text = response
        .body_mut()
        .with_config()
        .limit(256 * 1024 * 1024)
        .read_to_string()
        .about(what)?;
    if !status.is_success() {
        return Err(Failure::new(format!("{what}: {status}\n{text}")));
    }
    serde_json::from_str(&text).about(format!("{what}: {text:.200}"))
}
