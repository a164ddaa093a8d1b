//! Password hashes on threads of their own (S-20, S-21).
//!
//! Argon2id with 19 MiB and two passes; each thread keeps its memory while more is to be done, so a burst of sign-ins
//! costs queue places, not memory, and gives it back before it waits.

use std::sync::mpsc::{Receiver, RecvError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{Output, ParamsString, PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::breached::BreachedPasswords;
use crate::{Error, Invalid};

/// Memory in KiB (I-21).
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes.
const PASSES: u32 = 2;
/// Blocks of 1 KiB reserved for a thread; only those in use are ever touched. The system's allocator maps what is above
/// 32 MiB apart and gives it back at once when it is freed; what is smaller it may keep for ever.
const RESERVED_BLOCKS: usize = 33 * 1024;
/// Tries that may wait; one more is answered 429.
const QUEUE: usize = 64;
/// Bytes of the hash itself.
const OUTPUT_BYTES: usize = 32;
/// Hash of no password: an unknown user costs the same work (S-23).
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password was not hashed.
enum NotHashed {
    Breached,
    Failed(String),
}

enum Task {
    Hash {
        password: Zeroizing<String>,
        chosen: bool,
        answer: oneshot::Sender<Result<String, NotHashed>>,
    },
    Verify {
        password: Zeroizing<String>,
        stored: Option<String>,
        answer: oneshot::Sender<bool>,
    },
}

/// The pool. Cheap to clone; its threads end with the last clone.
#[derive(Clone, Debug)]
pub struct Hasher {
    queue: SyncSender<Task>,
}

impl Hasher {
    /// Starts `threads` threads (one or two), which know the passwords of a list of breaches if there is one.
    pub fn start(threads: usize, breached: Option<BreachedPasswords>) -> Self {
        let (queue, tasks) = sync_channel(QUEUE);
        let (tasks, breached) = (Arc::new(Mutex::new(tasks)), Arc::new(breached));
        for _ in 0..threads.max(1) {
            let (tasks, breached) = (Arc::clone(&tasks), Arc::clone(&breached));
            std::thread::spawn(move || work(&tasks, breached.as_ref().as_ref()));
        }
        Self { queue }
    }

    /// The hash of a password that somebody chose, in PHC form.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `pointer` with `password_common` when it is in the list of breaches (I-20),
    /// [`Error::TooMany`] while the queue is full.
    pub async fn hash(&self, pointer: &str, password: String) -> Result<String, Error> {
        match self.hashed(password, true).await? {
            Ok(hash) => Ok(hash),
            Err(NotHashed::Failed(why)) => Err(Error::internal(why)),
            Err(NotHashed::Breached) => Err(Invalid::one(
                pointer,
                "password_common",
                "This password is known from a breach. Use something of your own.",
            )),
        }
    }

    /// The hash of a password that was right, in place of one that is [`is_outdated`] (I-21).
    ///
    /// # Errors
    /// [`Error::TooMany`] while the queue is full.
    pub async fn hash_again(&self, password: String) -> Result<String, Error> {
        self.hashed(password, false)
            .await?
            .map_err(|_| Error::internal("the password could not be hashed"))
    }

    async fn hashed(&self, password: String, chosen: bool) -> Result<Result<String, NotHashed>, Error> {
        let (answer, hashed) = oneshot::channel();
        self.send(Task::Hash {
            password: composed(password),
            chosen,
            answer,
        })?;
        hashed.await.map_err(Error::internal)
    }

    /// Whether the password belongs to the stored hash; without one the same work is done and the answer is no.
    ///
    /// # Errors
    /// [`Error::TooMany`] while the queue is full.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Error> {
        let (answer, verified) = oneshot::channel();
        self.send(Task::Verify {
            password: composed(password),
            stored,
            answer,
        })?;
        verified.await.map_err(Error::internal)
    }

    fn send(&self, task: Task) -> Result<(), Error> {
        self.queue.try_send(task).map_err(|error| match error {
            TrySendError::Full(_) => Error::TooMany { retry_after_s: 5 },
            TrySendError::Disconnected(_) => Error::internal("the hash threads ended"),
        })
    }
}

/// Whether a hash was made with less work than is asked for now (I-21).
pub fn is_outdated(stored: &str) -> bool {
    let params = PasswordHash::new(stored).and_then(|hash| Params::try_from(&hash));
    params.is_ok_and(|params| params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES)
}

/// A password as it is compared: composed, whatever the keyboard sent (S-20).
fn composed(password: String) -> Zeroizing<String> {
    let password = Zeroizing::new(password);
    Zeroizing::new(password.nfc().collect())
}

fn work(tasks: &Mutex<Receiver<Task>>, breached: Option<&BreachedPasswords>) {
    let mut memory = Vec::new();
    while let Ok(task) = next(tasks, &mut memory) {
        // Nobody waits for the answer any more when the request was given up.
        match task {
            Task::Hash {
                password,
                chosen,
                answer,
            } => {
                let list = breached.filter(|_| chosen);
                answer.send(hash(&mut memory, list, &password)).unwrap_or_default();
            }
            Task::Verify {
                password,
                stored,
                answer,
            } => {
                let verified = verify(&mut memory, &password, stored.as_deref());
                answer.send(verified.unwrap_or_default()).unwrap_or_default();
            }
        }
    }
}

/// The next task. A thread that has to wait for one, or for another thread that does, gives its memory back first.
fn next(tasks: &Mutex<Receiver<Task>>, memory: &mut Vec<Block>) -> Result<Task, RecvError> {
    if let Ok(tasks) = tasks.try_lock()
        && let Ok(task) = tasks.try_recv()
    {
        return Ok(task);
    }
    *memory = Vec::new();
    tasks.lock().unwrap_or_else(PoisonError::into_inner).recv()
}

fn hash(memory: &mut Vec<Block>, breached: Option<&BreachedPasswords>, password: &str) -> Result<String, NotHashed> {
    let failed = |error: &dyn std::fmt::Display| NotHashed::Failed(error.to_string());
    if let Some(list) = breached
        && list.contains(password).map_err(|error| failed(&error))?
    {
        return Err(NotHashed::Breached);
    }
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(|error| failed(&error))?;
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(OUTPUT_BYTES)).map_err(|error| failed(&error))?;
    let computed = argon2id(memory, &params, password, &salt).map_err(|error| failed(&error))?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| failed(&error))?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|error| failed(&error))?,
        salt: Some(salt.as_salt()),
        hash: Some(Output::new(computed.as_slice()).map_err(|error| failed(&error))?),
    };
    Ok(hash.to_string())
}

/// With the parameters of the stored hash, which may be older ones; `None` when it is no hash.
fn verify(memory: &mut Vec<Block>, password: &str, stored: Option<&str>) -> Option<bool> {
    let known = stored.is_some();
    let parsed = PasswordHash::new(stored.unwrap_or(NOBODY)).ok()?;
    let params = Params::try_from(&parsed).ok()?;
    let (salt, expected) = (parsed.salt?, parsed.hash?);
    let mut salt_bytes = [0_u8; 64];
    let salt = salt.decode_b64(&mut salt_bytes).ok()?;
    let computed = argon2id(memory, &params, password, salt).ok()?;
    let equal: bool = computed.as_slice().ct_eq(expected.as_bytes()).into();
    Some(known && equal)
}

fn argon2id(
    memory: &mut Vec<Block>,
    params: &Params,
    password: &str,
    salt: &[u8],
) -> Result<Zeroizing<[u8; OUTPUT_BYTES]>, argon2::Error> {
    memory.reserve_exact(RESERVED_BLOCKS.saturating_sub(memory.len()));
    memory.resize(memory.len().max(params.block_count()), Block::default());
    let mut computed = Zeroizing::new([0_u8; OUTPUT_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone()).hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        computed.as_mut_slice(),
        memory,
    )?;
    Ok(computed)
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

    use super::*;

    #[test]
    fn a_hash_is_what_the_library_itself_writes_and_reads() {
        let mut memory = Vec::new();
        let text = hash(&mut memory, None, "correct horse battery").ok().unwrap();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        let stored = PasswordHash::new(&text).unwrap();
        let argon = Argon2::default();
        assert!(argon.verify_password(b"correct horse battery", &stored).is_ok());
        assert!(argon.verify_password(b"correct horse staple", &stored).is_err());
        let again = argon
            .hash_password(b"correct horse battery", stored.salt.unwrap())
            .unwrap();
        assert_eq!(again.to_string(), text);
    }

    #[test]
    fn memory_that_was_used_before_changes_no_hash() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(64, 1, 1, Some(32)).unwrap(),
        );
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let older = weak.hash_password(b"correct horse battery", &salt).unwrap().to_string();
        let mut memory = Vec::new();
        let newer = hash(&mut memory, None, "another sentence").ok().unwrap();
        for stored in [&newer, &older, &newer] {
            let right = if stored == &newer {
                "another sentence"
            } else {
                "correct horse battery"
            };
            assert_eq!(verify(&mut memory, right, Some(stored)), Some(true));
            assert_eq!(verify(&mut memory, "wrong", Some(stored)), Some(false));
        }
        assert_eq!(verify(&mut memory, "anything", None), Some(false), "nobody");
    }

    #[test]
    fn a_thread_gives_its_memory_back_before_it_waits() {
        let (queue, tasks) = sync_channel(1);
        let tasks = Mutex::new(tasks);
        let mut memory = vec![Block::default(); 8];
        queue
            .send(Task::Verify {
                password: Zeroizing::default(),
                stored: None,
                answer: oneshot::channel().0,
            })
            .unwrap();
        assert!(next(&tasks, &mut memory).is_ok());
        assert_eq!(memory.len(), 8, "more was to be done");
        drop(queue);
        assert!(next(&tasks, &mut memory).is_err());
        assert_eq!(memory.capacity(), 0);
    }
}
