//! Small servers made by hand: each connection is answered by a script of bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    missing_docs,
    reason = "test code; not every test file uses every helper"
)]

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cms_outbound::{EgressPolicy, GuardedClient, LookupFuture, NameLookup, Timeouts, Url};

/// A server on this machine; it counts connections and keeps the requests it read.
pub struct Server {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers each connection with `script`, which gets the open stream after the request was read.
    pub fn start(script: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (count, kept) = (connections.clone(), requests.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                count.fetch_add(1, Ordering::SeqCst);
                let request = read_request(&mut stream);
                kept.lock().unwrap().push(request);
                script(&mut stream);
            }
        });
        Self {
            address,
            connections,
            requests,
        }
    }

    /// Answers each connection with fixed bytes and closes it.
    pub fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |stream| drop(stream.write_all(&bytes)))
    }

    pub fn url(&self) -> Url {
        format!("http://{}/", self.address).parse().unwrap()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn last_request(&self) -> String {
        self.requests.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

/// Reads head and body of a request with a length.
pub fn read_request(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length:")
                        .map(|n| n.trim().parse::<usize>().unwrap())
                })
                .unwrap_or(0);
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

/// An answer with a matching length.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Holds a connection open until the other side gives up.
pub fn hold(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    drop(stream.read(&mut [0; 1]));
}

/// Names from a list, in order of asking: the last answer stays.
#[derive(Debug)]
pub struct Names {
    answers: Vec<Vec<IpAddr>>,
    pub asked: AtomicUsize,
}

impl Names {
    pub fn new(answers: &[&[&str]]) -> Arc<Self> {
        let answers = answers
            .iter()
            .map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect())
            .collect();
        Arc::new(Self {
            answers,
            asked: AtomicUsize::new(0),
        })
    }
}

impl NameLookup for Names {
    fn lookup(&self, _host: String) -> LookupFuture {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.answers.get(turn).or(self.answers.last()).cloned();
        Box::pin(async move { found.ok_or_else(|| std::io::Error::other("no such name")) })
    }
}

pub fn policy(nets: &[&str]) -> EgressPolicy {
    EgressPolicy {
        allow: nets.iter().map(|net| net.parse().unwrap()).collect(),
    }
}

/// A client that may call this machine, with short limits so that a test of a timeout is quick.
pub fn client() -> GuardedClient {
    GuardedClient::new(policy(&["127.0.0.0/8"])).unwrap()
}

/// Limits of time for tests that run into one of them.
pub fn short() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(10),
        idle: Duration::from_secs(10),
        whole: Duration::from_secs(20),
        kept: Duration::from_secs(20),
    }
}
