//! A stamp made by hand: scripted answers over real sockets, a clock that stands and pauses that do not wait.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    missing_docs,
    reason = "test code; not every test file uses every helper"
)]

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use cms_azure_stack::{Clock, Credential, Granularity, RetryPolicy, Session, StampClient, Tools, UsageQuery};
use outbound::{EgressPolicy, GuardedClient, Pause, Secret, Sleeper, Timeouts, Url};
use uuid::Uuid;

pub const PROVIDER: &str = "0c9f4b6e-52f1-4d0a-9d0e-6b8f6a4f1a01";
pub const DIRECTORY: &str = "7d1b9b42-3c55-4c8e-8f0e-2a6f0f3f9a10";
pub const AUDIENCE: &str = "https://adminmanagement.alpenhost.onmicrosoft.com/3f0c1c52-8d6f-4d37-b7a5-5d1f2e9c8b77";
/// Must appear in no error.
pub const SECRET: &str = "canary-secret-3f9a";
/// Text of the other side that must appear in no error (S-75).
pub const FOREIGN: &str = "canary-foreign-text";

/// What the stamp does with one call.
#[derive(Clone)]
pub enum Reply {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes, then silence.
    Stall(Vec<u8>),
    /// One byte at a time, slowly.
    Drip(Vec<u8>),
}

/// An answer with a matching length.
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    Reply::Bytes([head.as_bytes(), body].concat())
}

pub fn json(status: &str, body: impl AsRef<[u8]>) -> Reply {
    answer(status, "Content-Type: application/json\r\n", body)
}

/// An error of the resource manager whose message is foreign text.
pub fn arm_error(status: &str, code: &str) -> Reply {
    json(
        status,
        format!(r#"{{"error":{{"code":"{code}","message":"{FOREIGN}"}}}}"#),
    )
}

pub fn html() -> Reply {
    answer(
        "200 OK",
        "Content-Type: text/html; charset=utf-8\r\n",
        format!("<!DOCTYPE html><html>{FOREIGN}</html>"),
    )
}

pub fn row(meter: &str, quantity: &str) -> String {
    format!(
        r#"{{"id":"x","name":"y","type":"Microsoft.Commerce/UsageAggregate","properties":{{"subscriptionId":"5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55","usageStartTime":"2026-11-03T08:00:00+00:00","usageEndTime":"2026-11-03T09:00:00+00:00","instanceData":"{{\"Microsoft.Resources\":{{\"resourceUri\":\"/subscriptions/s/resourceGroups/g/providers/p/t/n\",\"location\":\"zrh1\",\"tags\":\"\",\"additionalInfo\":\"\"}}}}","quantity":{quantity},"meterId":"{meter}","name":"n"}}}}"#
    )
}

/// A page with the given meters and a link to the next one.
pub fn page(meters: &[&str], next: Option<&str>) -> Vec<u8> {
    let rows: Vec<_> = meters.iter().map(|meter| row(meter, "1.5")).collect();
    let next = next.map(|link| format!(r#","nextLink":"{link}""#)).unwrap_or_default();
    format!(r#"{{"value":[{}]{next}}}"#, rows.join(",")).into_bytes()
}

#[derive(Default)]
pub struct Scripts {
    metadata: VecDeque<Reply>,
    token: VecDeque<Reply>,
    usage: VecDeque<Reply>,
    other: VecDeque<Reply>,
    tokens: usize,
    log: Vec<String>,
}

/// A stamp and its login host in one.
#[derive(Clone)]
pub struct FakeStamp {
    pub address: SocketAddr,
    pub scripts: Arc<Mutex<Scripts>>,
    pub adfs: bool,
}

impl FakeStamp {
    pub fn start() -> Self {
        Self::with_identity(false)
    }

    pub fn with_identity(adfs: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stamp = Self {
            address,
            scripts: Arc::default(),
            adfs,
        };
        let serving = stamp.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let stamp = serving.clone();
                std::thread::spawn(move || stamp.serve(stream));
            }
        });
        stamp
    }

    pub fn url(&self) -> Url {
        format!("http://{}/", self.address).parse().unwrap()
    }

    /// A link to a page of this stamp.
    pub fn link(&self, token: &str) -> String {
        format!(
            "http://{}/subscriptions/{PROVIDER}/providers/Microsoft.Commerce.Admin/subscriberUsageAggregates?continuationToken={token}",
            self.address
        )
    }

    pub fn usage(&self, replies: impl IntoIterator<Item = Reply>) {
        self.scripts.lock().unwrap().usage.extend(replies);
    }

    pub fn metadata(&self, replies: impl IntoIterator<Item = Reply>) {
        self.scripts.lock().unwrap().metadata.extend(replies);
    }

    pub fn token(&self, replies: impl IntoIterator<Item = Reply>) {
        self.scripts.lock().unwrap().token.extend(replies);
    }

    pub fn other(&self, replies: impl IntoIterator<Item = Reply>) {
        self.scripts.lock().unwrap().other.extend(replies);
    }

    /// The requests so far whose text holds `part`.
    pub fn requests(&self, part: &str) -> Vec<String> {
        self.scripts
            .lock()
            .unwrap()
            .log
            .iter()
            .filter(|request| request.contains(part))
            .cloned()
            .collect()
    }

    pub fn usage_calls(&self) -> usize {
        self.requests("subscriberUsageAggregates").len()
    }

    pub fn token_calls(&self) -> usize {
        self.requests("/oauth2/token").len()
    }

    fn serve(&self, mut stream: TcpStream) {
        let request = read_request(&mut stream);
        if request.is_empty() {
            return;
        }
        match self.reply(&request) {
            Reply::Bytes(bytes) => drop(stream.write_all(&bytes)),
            Reply::Stall(bytes) => {
                drop(stream.write_all(&bytes));
                stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                drop(stream.read(&mut [0; 1]));
            }
            Reply::Drip(bytes) => {
                for byte in bytes {
                    if stream.write_all(&[byte]).is_err() {
                        return;
                    }
                    std::thread::park_timeout(Duration::from_millis(20));
                }
            }
        }
    }

    fn reply(&self, request: &str) -> Reply {
        let mut scripts = self.scripts.lock().unwrap();
        scripts.log.push(request.to_owned());
        if request.contains("/metadata/endpoints") {
            return scripts
                .metadata
                .pop_front()
                .unwrap_or_else(|| json("200 OK", self.metadata_body()));
        }
        if request.contains("/oauth2/token") {
            scripts.tokens += 1;
            let granted = format!(
                r#"{{"token_type":"Bearer","expires_in":"3599","access_token":"token-{}"}}"#,
                scripts.tokens
            );
            return scripts.token.pop_front().unwrap_or_else(|| json("200 OK", granted));
        }
        if request.contains("subscriberUsageAggregates") {
            return scripts
                .usage
                .pop_front()
                .unwrap_or_else(|| json("200 OK", page(&["last"], None)));
        }
        scripts.other.pop_front().unwrap_or_else(|| {
            json("200 OK", format!(r#"{{"value":[{{"subscriptionId":"5e8d2f10-7a3c-4b9e-a1d6-9c0b8e7f6a55","displayName":"Metering Subscription"}},{{"subscriptionId":"{PROVIDER}","displayName":"Default Provider Subscription"}}]}}"#))
        })
    }

    fn metadata_body(&self) -> String {
        let path = if self.adfs { "adfs" } else { "" };
        format!(
            r#"{{"portalEndpoint":"https://portal.example/","authentication":{{"loginEndpoint":"http://{}/{path}","audiences":["{AUDIENCE}"]}}}}"#,
            self.address
        )
    }
}

/// Reads head and body of a request with a length.
fn read_request(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |n| n.trim().parse().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return text,
            Ok(n) => bytes.extend_from_slice(piece.get(..n).unwrap()),
        }
    }
}

/// Pauses that are noted and not waited for.
#[derive(Debug, Default)]
pub struct NoWait(pub Mutex<Vec<Duration>>);

impl NoWait {
    pub fn pauses(&self) -> Vec<Duration> {
        self.0.lock().unwrap().clone()
    }
}

impl Sleeper for NoWait {
    fn pause(&self, duration: Duration) -> Pause<'_> {
        self.0.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }
}

/// Everything a test talks through.
pub struct Bench {
    pub stamp: FakeStamp,
    pub sleeper: Arc<NoWait>,
    pub now: Arc<Mutex<DateTime<Utc>>>,
    pub client: StampClient,
}

impl Bench {
    pub fn new() -> Self {
        Self::of(FakeStamp::start(), RetryPolicy::default(), Timeouts::default())
    }

    pub fn of(stamp: FakeStamp, retry: RetryPolicy, timeouts: Timeouts) -> Self {
        let sleeper = Arc::new(NoWait::default());
        let now = Arc::new(Mutex::new("2026-11-05T08:30:00Z".parse().unwrap()));
        let read = now.clone();
        let clock: Clock = Arc::new(move || *read.lock().unwrap());
        let tools = Tools::new(clock)
            .with_sleeper(sleeper.clone())
            .with_retry(retry)
            .with_seed(1);
        let client = StampClient::new(http().with_timeouts(timeouts).unwrap(), &stamp.url(), tools).unwrap();
        Self {
            stamp,
            sleeper,
            now,
            client,
        }
    }

    pub async fn session(&self) -> Session {
        self.session_with(credential()).await
    }

    pub async fn session_with(&self, credential: Credential) -> Session {
        let metadata = self.client.discover().await.unwrap();
        let login = metadata.login_endpoint.clone();
        self.client
            .session(metadata, credential, Some(DIRECTORY.to_owned()), Some(&login))
            .unwrap()
    }
}

/// A client that may call this machine.
pub fn http() -> GuardedClient {
    GuardedClient::new(EgressPolicy {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
    })
    .unwrap()
}

pub fn credential() -> Credential {
    Credential::Secret {
        client_id: "1f2e3d4c-0000-4000-8000-000000000001".to_owned(),
        secret: Secret::from(SECRET),
    }
}

pub fn provider() -> Uuid {
    PROVIDER.parse().unwrap()
}

/// One day of reported time.
pub fn query() -> UsageQuery {
    UsageQuery {
        start: "2026-11-03T00:00:00Z".parse().unwrap(),
        end: "2026-11-04T00:00:00Z".parse().unwrap(),
        granularity: Granularity::Hourly,
        subscriber: None,
    }
}
