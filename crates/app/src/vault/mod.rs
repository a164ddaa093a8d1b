//! Secrets at rest and keyed hashes of tokens (S-56, S-59).
//!
//! Each secret is encrypted under a data key of its own, which the master key wraps; both bind the place the secret
//! belongs to, so a ciphertext moved to another row does not open. Tokens are hashed under a key of the installation, a
//! secret itself, so that another master key leaves sessions and API keys as they are.

mod keys;
mod rotate;
mod unlock;

pub use keys::MasterKeys;
pub use rotate::{is_rotating, rotate};
pub use unlock::{UnlockError, unlock};

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Length of keys in bytes.
const KEY_BYTES: usize = 32;
/// Length of a nonce of XChaCha20-Poly1305 in bytes.
const NONCE_BYTES: usize = 24;

/// Why a secret does not open, or no key can be made. Says nothing about contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The master key file has another form.
    #[error("each line of the file is a key: `<id>:<64 hexadecimal digits>`, the present one first")]
    KeyInvalid,
    /// Wrong key, or the ciphertext was changed or moved.
    #[error("the secret does not open under the present master key")]
    DoesNotOpen,
    /// The operating system gave no random numbers.
    #[error("no random numbers")]
    NoRandomness,
}

/// A secret as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Id of the master key that wraps the data key.
    pub key_id: String,
    /// The wrapped data key.
    pub wrapped_key: Vec<u8>,
    /// The ciphertext.
    pub ciphertext: Vec<u8>,
}

/// The master keys and the key of token hashes.
#[derive(Debug)]
pub struct Vault {
    keys: MasterKeys,
    hash_key: HashKey,
}

/// The key of token hashes.
struct HashKey(Zeroizing<[u8; KEY_BYTES]>);

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashKey(…)")
    }
}

impl Vault {
    /// Encrypts `secret` for its place, such as `region/<id>/credential`, under the present master key.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<Sealed, VaultError> {
        self.keys.seal(place, secret)
    }

    /// Decrypts a secret of its place.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] for another key, another place or changed bytes.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.keys.open(place, sealed)
    }

    /// Keyed hash of a token, so that a stolen database holds nothing that works (S-24, S-29). `purpose` separates
    /// kinds of tokens.
    pub fn token_hash(&self, purpose: &str, token: &str) -> Vec<u8> {
        self.keyed(purpose, token.as_bytes())
    }

    /// Keyed hash of bytes, for cursors and device cookies.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "HMAC takes keys of every length"
    )]
    pub fn keyed(&self, purpose: &str, bytes: &[u8]) -> Vec<u8> {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(self.hash_key.0.as_slice()).expect("HMAC takes any key");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(bytes);
        mac.finalize().into_bytes().to_vec()
    }

    /// A new token of 256 random bits in hexadecimal.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn new_token() -> Result<Zeroizing<String>, VaultError> {
        Ok(Zeroizing::new(hex::encode(random::<KEY_BYTES>()?.as_slice())))
    }
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, VaultError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| VaultError::NoRandomness)?;
    Ok(bytes)
}

fn encrypt(key: &[u8; KEY_BYTES], bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce = random::<NONCE_BYTES>()?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher
        .encrypt(XNonce::from_slice(nonce.as_slice()), Payload { msg: plain, aad: bound })
        .map_err(|_| VaultError::DoesNotOpen)?;
    Ok([nonce.as_slice(), sealed.as_slice()].concat())
}

fn decrypt(key: &[u8; KEY_BYTES], bound: &[u8], stored: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (nonce, sealed) = stored.split_at_checked(NONCE_BYTES).ok_or(VaultError::DoesNotOpen)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    cipher
        .decrypt(
            XNonce::from_slice(nonce),
            Payload {
                msg: sealed,
                aad: bound,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| VaultError::DoesNotOpen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_purposes_hash_the_same_token_differently() {
        let vault = Vault {
            keys: MasterKeys::parse(&format!("k1:{}", "ab".repeat(32))).unwrap(),
            hash_key: HashKey(Zeroizing::new([7; KEY_BYTES])),
        };
        assert_ne!(vault.token_hash("session", "t"), vault.token_hash("link", "t"));
        assert_eq!(vault.token_hash("session", "t"), vault.token_hash("session", "t"));
        assert!(!format!("{vault:?}").contains("abab"), "{vault:?}");
    }
}
