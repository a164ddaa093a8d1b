//! Password hashes on threads of their own (S-20, S-21).
//!
//! Argon2id with 19 MiB and two passes; each thread keeps one memory block and uses it again, so a burst of sign-ins
//! costs queue places, not memory.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::{PasswordHash, PasswordHasher, SaltString};
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
    let Ok(params) = Params::new(MEMORY_KIB, PASSES, 1, Some(OUTPUT_BYTES)) else {
        return;
    };
    let mut memory = vec![Block::default(); params.block_count()];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match task {
            Ok(Task::Hash {
                password,
                chosen,
                answer,
            }) => {
                let list = breached.filter(|_| chosen);
                answer.send(hash(&argon, list, &password)).unwrap_or_default();
            }
            Ok(Task::Verify {
                password,
                stored,
                answer,
            }) => {
                // Nobody waits any more when the request was given up.
                answer
                    .send(verify(&mut memory, &password, stored.as_deref()).unwrap_or_default())
                    .unwrap_or_default();
            }
            Err(_) => return,
        }
    }
}

fn hash(argon: &Argon2<'_>, breached: Option<&BreachedPasswords>, password: &str) -> Result<String, NotHashed> {
    let failed = |error: &dyn std::fmt::Display| NotHashed::Failed(error.to_string());
    if let Some(list) = breached
        && list.contains(password).map_err(|error| failed(&error))?
    {
        return Err(NotHashed::Breached);
    }
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(|error| failed(&error))?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| failed(&error))?;
    let hash = argon.hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| failed(&error))?.to_string())
}

/// With the parameters of the stored hash, which may be older ones; `None` when it is no hash.
fn verify(memory: &mut Vec<Block>, password: &str, stored: Option<&str>) -> Option<bool> {
    let known = stored.is_some();
    let parsed = PasswordHash::new(stored.unwrap_or(NOBODY)).ok()?;
    let params = Params::try_from(&parsed).ok()?;
    let (salt, expected) = (parsed.salt?, parsed.hash?);
    let mut salt_bytes = [0_u8; 64];
    let salt = salt.decode_b64(&mut salt_bytes).ok()?;
    memory.resize(memory.len().max(params.block_count()), Block::default());
    let mut computed = Zeroizing::new([0_u8; OUTPUT_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, computed.as_mut_slice(), memory)
        .ok()?;
    let equal: bool = computed.as_slice().ct_eq(expected.as_bytes()).into();
    Some(known && equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let hasher = Hasher::start(1, None);
        let stored = hasher.hash("/password", "correct horse battery".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let verify = async |password: &str, stored| hasher.verify(password.to_owned(), stored).await.unwrap();
        assert!(verify("correct horse battery", Some(stored.clone())).await);
        assert!(!verify("correct horse batterz", Some(stored)).await);
        assert!(!verify("anything", None).await);
    }

    #[tokio::test]
    async fn s_20_a_password_is_the_same_however_its_accents_were_typed() {
        let hasher = Hasher::start(1, None);
        let stored = hasher.hash("/password", "Cafe\u{301} am See".into()).await.unwrap();
        assert!(hasher.verify("Café am See".into(), Some(stored)).await.unwrap());
    }

    #[tokio::test]
    async fn i_21_a_hash_of_less_work_still_verifies_and_is_outdated() {
        let params = Params::new(8 * 1024, 1, 1, Some(OUTPUT_BYTES)).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let stored = hash(&weak, None, "correct horse battery").ok().unwrap();
        assert!(is_outdated(&stored), "{stored}");
        let hasher = Hasher::start(1, None);
        assert!(
            hasher
                .verify("correct horse battery".into(), Some(stored))
                .await
                .unwrap()
        );
        let renewed = hasher.hash_again("correct horse battery".into()).await.unwrap();
        assert!(!is_outdated(&renewed) && !is_outdated("no hash"), "{renewed}");
    }
}
