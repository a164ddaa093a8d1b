//! Secrets at rest and keyed hashes of tokens (S-56, S-59).
//!
//! Each secret is encrypted under a data key of its own, which the master key wraps; both bind the place the secret
//! belongs to, so a ciphertext moved to another row does not open.

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
    #[error("the master key is `<id>:<64 hexadecimal digits>`")]
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

/// The master key with its id.
pub struct Vault {
    key_id: String,
    master: Zeroizing<[u8; KEY_BYTES]>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// Reads `<id>:<64 hexadecimal digits>`, the content of the master key file.
    ///
    /// # Errors
    /// [`VaultError::KeyInvalid`] when the text has another form.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let (key_id, digits) = text.trim().split_once(':').ok_or(VaultError::KeyInvalid)?;
        let bytes = Zeroizing::new(hex::decode(digits).map_err(|_| VaultError::KeyInvalid)?);
        let master: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| VaultError::KeyInvalid)?;
        if key_id.is_empty() {
            return Err(VaultError::KeyInvalid);
        }
        Ok(Self {
            key_id: key_id.to_owned(),
            master: Zeroizing::new(master),
        })
    }

    /// The text of a new master key.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn new_key_text() -> Result<Zeroizing<String>, VaultError> {
        let key = random::<KEY_BYTES>()?;
        let id = hex::encode(random::<4>()?);
        Ok(Zeroizing::new(format!("{id}:{}", hex::encode(key.as_slice()))))
    }

    /// Encrypts `secret` for its place, such as `region/<id>/credential`.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<Sealed, VaultError> {
        let data_key = random::<KEY_BYTES>()?;
        let bound = self.bound(place);
        Ok(Sealed {
            key_id: self.key_id.clone(),
            wrapped_key: encrypt(&self.master, &bound, data_key.as_slice())?,
            ciphertext: encrypt(&data_key, &bound, secret)?,
        })
    }

    /// Decrypts a secret of its place.
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] for another key, another place or changed bytes.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if sealed.key_id != self.key_id {
            return Err(VaultError::DoesNotOpen);
        }
        let bound = self.bound(place);
        let data_key = decrypt(&self.master, &bound, &sealed.wrapped_key)?;
        let data_key: [u8; KEY_BYTES] = data_key.as_slice().try_into().map_err(|_| VaultError::DoesNotOpen)?;
        decrypt(&Zeroizing::new(data_key), &bound, &sealed.ciphertext)
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
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(self.master.as_slice()).expect("HMAC takes any key");
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

    fn bound(&self, place: &str) -> Vec<u8> {
        format!("{}|{place}", self.key_id).into_bytes()
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

    fn vault() -> Vault {
        Vault::parse(&format!("k1:{}", "ab".repeat(32))).unwrap()
    }

    #[test]
    fn a_secret_opens_only_at_its_own_place_and_unchanged() {
        let vault = vault();
        let sealed = vault.seal("region/1/credential", b"s3cret").unwrap();
        assert_eq!(
            vault.open("region/1/credential", &sealed).unwrap().as_slice(),
            b"s3cret"
        );
        assert_eq!(
            vault.open("region/2/credential", &sealed).unwrap_err(),
            VaultError::DoesNotOpen
        );
        let mut changed = sealed.clone();
        if let Some(byte) = changed.ciphertext.last_mut() {
            *byte ^= 1;
        }
        assert_eq!(
            vault.open("region/1/credential", &changed).unwrap_err(),
            VaultError::DoesNotOpen
        );
    }

    #[test]
    fn another_master_key_opens_nothing() {
        let sealed = vault().seal("x", b"s").unwrap();
        let other = Vault::parse(&format!("k1:{}", "cd".repeat(32))).unwrap();
        assert_eq!(other.open("x", &sealed).unwrap_err(), VaultError::DoesNotOpen);
    }

    #[test]
    fn a_malformed_master_key_is_refused() {
        for text in [
            "",
            "k1",
            ":",
            "k1:abcd",
            &format!(":{}", "ab".repeat(32)),
            &format!("k1:{}", "zz".repeat(32)),
        ] {
            assert_eq!(Vault::parse(text).err(), Some(VaultError::KeyInvalid), "{text}");
        }
    }

    #[test]
    fn two_purposes_hash_the_same_token_differently() {
        let vault = vault();
        assert_ne!(vault.token_hash("session", "t"), vault.token_hash("link", "t"));
        assert_eq!(vault.token_hash("session", "t"), vault.token_hash("session", "t"));
    }
}
