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
use zeroize::Zeroizing;

use crate::Error;

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

enum Task {
    Hash {
        password: Zeroizing<String>,
        answer: oneshot::Sender<Option<String>>,
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
    /// Starts `threads` threads (one or two).
    pub fn start(threads: usize) -> Self {
        let (queue, tasks) = sync_channel(QUEUE);
        let tasks = Arc::new(Mutex::new(tasks));
        for _ in 0..threads.max(1) {
            let tasks = Arc::clone(&tasks);
            std::thread::spawn(move || work(&tasks));
        }
        Self { queue }
    }

    /// The hash of a new password in PHC form.
    ///
    /// # Errors
    /// [`Error::TooMany`] while the queue is full.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        let (answer, hashed) = oneshot::channel();
        self.send(Task::Hash {
            password: Zeroizing::new(password),
            answer,
        })?;
        hashed
            .await
            .ok()
            .flatten()
            .ok_or_else(|| Error::internal("the password could not be hashed"))
    }

    /// Whether the password belongs to the stored hash; without one the same work is done and the answer is no.
    ///
    /// # Errors
    /// [`Error::TooMany`] while the queue is full.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Error> {
        let (answer, verified) = oneshot::channel();
        self.send(Task::Verify {
            password: Zeroizing::new(password),
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

fn work(tasks: &Mutex<Receiver<Task>>) {
    let Ok(params) = Params::new(MEMORY_KIB, PASSES, 1, Some(OUTPUT_BYTES)) else {
        return;
    };
    let mut memory = vec![Block::default(); params.block_count()];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match task {
            Ok(Task::Hash { password, answer }) => {
                answer.send(hash(&argon, &password)).unwrap_or_default();
            }
            Ok(Task::Verify {
                password,
                stored,
                answer,
            }) => {
                // Nobody waits any more when the request was given up.
                answer
                    .send(verify(&argon, &mut memory, &password, stored.as_deref()))
                    .unwrap_or_default();
            }
            Err(_) => return,
        }
    }
}

fn hash(argon: &Argon2<'_>, password: &str) -> Option<String> {
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).ok()?;
    let salt = SaltString::encode_b64(&salt).ok()?;
    Some(argon.hash_password(password.as_bytes(), &salt).ok()?.to_string())
}

fn verify(argon: &Argon2<'_>, memory: &mut [Block], password: &str, stored: Option<&str>) -> bool {
    let known = stored.is_some();
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(NOBODY)) else {
        return false;
    };
    let (Some(salt), Some(expected)) = (parsed.salt, parsed.hash) else {
        return false;
    };
    let mut salt_bytes = [0_u8; 64];
    let Ok(salt) = salt.decode_b64(&mut salt_bytes) else {
        return false;
    };
    let mut computed = Zeroizing::new([0_u8; OUTPUT_BYTES]);
    if argon
        .hash_password_into_with_memory(password.as_bytes(), salt, computed.as_mut_slice(), memory)
        .is_err()
    {
        return false;
    }
    let equal: bool = computed.as_slice().ct_eq(expected.as_bytes()).into();
    known && equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let hasher = Hasher::start(1);
        let stored = hasher.hash("correct horse battery".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(
            hasher
                .verify("correct horse battery".into(), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify("correct horse batterz".into(), Some(stored))
                .await
                .unwrap()
        );
        assert!(!hasher.verify("anything".into(), None).await.unwrap());
    }
}
