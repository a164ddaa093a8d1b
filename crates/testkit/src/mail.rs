//! A mail server for tests: it speaks SMTP on a port of its own and keeps what it is handed.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A mail as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMail {
    /// Sender of the envelope.
    pub from: String,
    /// Receiver of the envelope.
    pub to: String,
    /// Header `Subject`.
    pub subject: String,
    /// Header `Message-ID`.
    pub id: String,
    /// Body, decoded.
    pub text: String,
}

impl ReceivedMail {
    /// The token of the first link in the text.
    pub fn token(&self) -> Option<&str> {
        let (_, rest) = self.text.split_once("token=")?;
        rest.split_whitespace().next()
    }

    /// The first code in the text: two groups of five.
    pub fn code(&self) -> Option<&str> {
        self.text.split_whitespace().find(|word| {
            word.len() == 11
                && word.split('-').all(|group| {
                    group.len() == 5 && group.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
                })
        })
    }
}

/// A running mail server.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Where it listens.
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<ReceivedMail>>>,
    refusals: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// Starts a server.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port for the mail server");
        let server = Self {
            address: listener.local_addr().expect("the port of the mail server"),
            received: Arc::default(),
            refusals: Arc::default(),
        };
        let serving = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                std::thread::spawn(move || serving.talk(stream));
            }
        });
        server
    }

    /// Answers the next mails with these lines instead of taking them, such as `451 later`.
    pub fn refuse_next(&self, answers: &[&str]) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.extend(answers.iter().map(|answer| (*answer).to_owned()));
    }

    /// Everything received so far, and forgets it.
    pub fn take(&self) -> Vec<ReceivedMail> {
        std::mem::take(&mut *self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn talk(&self, stream: TcpStream) -> Option<()> {
        let mut writer = stream.try_clone().ok()?;
        let mut lines = BufReader::new(stream).lines();
        let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).ok();
        let (mut from, mut to) = (String::new(), String::new());
        say("220 test")?;
        while let Some(Ok(line)) = lines.next() {
            let upper = line.to_ascii_uppercase();
            if upper.starts_with("EHLO") {
                say("250-test\r\n250 8BITMIME")?;
            } else if upper.starts_with("MAIL FROM:") {
                from = address(&line);
                let refusal = {
                    let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
                    (!refusals.is_empty()).then(|| refusals.remove(0))
                };
                say(refusal.as_deref().unwrap_or("250 ok"))?;
            } else if upper.starts_with("RCPT TO:") {
                to = address(&line);
                say("250 ok")?;
            } else if upper == "DATA" {
                say("354 go on")?;
                let mut data = Vec::new();
                for line in lines.by_ref() {
                    let line = line.ok()?;
                    if line == "." {
                        break;
                    }
                    data.push(line.strip_prefix('.').map_or(line.clone(), str::to_owned));
                }
                let mail = read(&from, &to, &data);
                self.received.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                say("250 taken")?;
            } else if upper == "QUIT" {
                say("221 bye")?;
                return None;
            } else {
                say("250 ok")?;
            }
        }
        None
    }
}

fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

fn read(from: &str, to: &str, data: &[String]) -> ReceivedMail {
    let (head, body) = data
        .iter()
        .position(String::is_empty)
        .map_or((data, &[][..]), |gap| data.split_at(gap));
    let header = |name: &str| {
        head.iter()
            .find_map(|line| line.strip_prefix(name).map(|value| value.trim().to_owned()))
            .unwrap_or_default()
    };
    let text = body.join("\n");
    let encoding = header("Content-Transfer-Encoding:");
    ReceivedMail {
        from: from.to_owned(),
        to: to.to_owned(),
        subject: header("Subject:"),
        id: header("Message-ID:"),
        text: if encoding == "quoted-printable" {
            unquoted(&text)
        } else {
            text
        },
    }
}

/// Quoted-printable to text; what cannot be read stays as it is.
fn unquoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut parts = joined.split('=');
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        match u8::from_str_radix(digits, 16) {
            Ok(byte) => read.push(char::from(byte)),
            Err(_) => read.push_str(digits),
        }
        read.push_str(rest);
    }
    read
}
