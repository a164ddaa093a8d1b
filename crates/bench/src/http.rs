//! The least of an HTTP client: one request after the other on one connection, so that measuring costs little itself.

use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A server by its name, on this machine.
#[derive(Clone, Debug)]
pub struct Server {
    /// Name and port, as requests say them.
    pub host: String,
    /// Where it listens.
    pub address: SocketAddr,
}

impl FromStr for Server {
    type Err = String;

    fn from_str(host: &str) -> Result<Self, String> {
        let mut addresses = host.to_socket_addrs().map_err(|error| error.to_string())?;
        let address = addresses.find(SocketAddr::is_ipv4).ok_or("no address of IPv4")?;
        Ok(Self {
            host: host.to_owned(),
            address,
        })
    }
}

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// Connects to `server`, from `source` if that is given.
    pub async fn open(server: &Server, source: Option<SocketAddr>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(source) = source {
            socket.bind(source).unwrap();
        }
        let stream = socket.connect(server.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            read: Vec::with_capacity(16 * 1024),
        }
    }

    /// Sends a request and reads its answer to the end; gives back the status.
    pub async fn send(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.unwrap();
        self.read.clear();
        loop {
            let length = self.stream.read_buf(&mut self.read).await.unwrap();
            assert!(length > 0, "the server closed the connection");
            if let Some(status) = complete(&self.read) {
                return status;
            }
        }
    }
}

/// The status of an answer, once its head and as many bytes as it announces are there.
fn complete(answer: &[u8]) -> Option<u16> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..end]).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    (answer.len() >= end + length).then(|| head[9..12].parse().unwrap())
}

/// A request without a body.
pub fn get(server: &Server, path: &str, cookie: Option<&str>) -> Vec<u8> {
    let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{cookie}\r\n", server.host).into_bytes()
}

/// A request with a JSON body, as the web app sends it.
pub fn post(server: &Server, path: &str, body: &serde_json::Value) -> Vec<u8> {
    let (body, host) = (body.to_string(), &server.host);
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nX-CMS-Request: 1\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
