//! The file of master keys: one key a line, the present one first, older ones below it to open what they sealed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use zeroize::Zeroizing;

use super::{KEY_BYTES, Sealed, VaultError, decrypt, encrypt, random};

/// A master key with its id.
#[derive(Clone)]
struct MasterKey {
    id: String,
    key: Zeroizing<[u8; KEY_BYTES]>,
}

/// The master keys.
pub struct MasterKeys {
    file: Option<PathBuf>,
    known: RwLock<Vec<MasterKey>>,
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKeys")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl MasterKeys {
    /// Reads the lines of a key file.
    ///
    /// # Errors
    /// [`VaultError::KeyInvalid`] when a line is no key or there is none.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        Ok(Self {
            file: None,
            known: RwLock::new(read(text)?),
        })
    }

    /// The keys of a text that was read from a file; they follow the file when it changes.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn of_file(file: &Path, text: &str) -> Result<Self, VaultError> {
        let mut keys = Self::parse(text)?;
        keys.file = Some(file.to_owned());
        Ok(keys)
    }

    /// The line of a new master key.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn new_line() -> Result<Zeroizing<String>, VaultError> {
        let key = random::<KEY_BYTES>()?;
        let id = hex::encode(random::<4>()?);
        Ok(Zeroizing::new(format!("{id}:{}", hex::encode(key.as_slice()))))
    }

    /// Id of the key that seals now.
    ///
    /// # Errors
    /// [`VaultError::KeyInvalid`] when there is none.
    pub fn present_id(&self) -> Result<String, VaultError> {
        Ok(self.present()?.id)
    }

    /// Whether there is a key of this id.
    pub fn has(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    /// Encrypts a secret under the present key.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn seal(&self, place: &str, secret: &[u8]) -> Result<Sealed, VaultError> {
        self.follow_file();
        let master = self.present()?;
        let data_key = random::<KEY_BYTES>()?;
        let bound = bound(&master.id, place);
        Ok(Sealed {
            wrapped_key: encrypt(&master.key, &bound, data_key.as_slice())?,
            ciphertext: encrypt(&data_key, &bound, secret)?,
            key_id: master.id,
        })
    }

    /// Decrypts a secret under the key that sealed it. A key that is not known yet is looked for in the file once more:
    /// another process may have put it there (S-56).
    ///
    /// # Errors
    /// [`VaultError::DoesNotOpen`] for another key, another place or changed bytes.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if !self.has(&sealed.key_id) {
            self.follow_file();
        }
        let master = self.find(&sealed.key_id).ok_or(VaultError::DoesNotOpen)?;
        let bound = bound(&master.id, place);
        let data_key = decrypt(&master.key, &bound, &sealed.wrapped_key)?;
        let data_key: [u8; KEY_BYTES] = data_key.as_slice().try_into().map_err(|_| VaultError::DoesNotOpen)?;
        decrypt(&Zeroizing::new(data_key), &bound, &sealed.ciphertext)
    }

    fn present(&self) -> Result<MasterKey, VaultError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.first().cloned().ok_or(VaultError::KeyInvalid)
    }

    fn find(&self, id: &str) -> Option<MasterKey> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|key| key.id == id).cloned()
    }

    /// Takes the keys of the file as they are now; while it cannot be read, those that are known stay.
    pub(super) fn follow_file(&self) {
        let text = self.file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        if let Some(Ok(keys)) = text.map(|text| read(&Zeroizing::new(text))) {
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
    }
}

fn read(text: &str) -> Result<Vec<MasterKey>, VaultError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys: Vec<MasterKey> = lines.map(read_line).collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(VaultError::KeyInvalid);
    }
    Ok(keys)
}

fn read_line(line: &str) -> Result<MasterKey, VaultError> {
    let (id, digits) = line.split_once(':').ok_or(VaultError::KeyInvalid)?;
    let bytes = Zeroizing::new(hex::decode(digits).map_err(|_| VaultError::KeyInvalid)?);
    let key: [u8; KEY_BYTES] = bytes.as_slice().try_into().map_err(|_| VaultError::KeyInvalid)?;
    if id.is_empty() {
        return Err(VaultError::KeyInvalid);
    }
    Ok(MasterKey {
        id: id.to_owned(),
        key: Zeroizing::new(key),
    })
}

fn bound(key_id: &str, place: &str) -> Vec<u8> {
    format!("{key_id}|{place}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, byte: &str) -> String {
        format!("{id}:{}\n", byte.repeat(32))
    }

    fn keys(text: &str) -> MasterKeys {
        MasterKeys::parse(text).unwrap()
    }

    #[test]
    fn a_secret_opens_only_at_its_own_place_and_unchanged() {
        let keys = keys(&line("k1", "ab"));
        let sealed = keys.seal("region/1/credential", b"s3cret").unwrap();
        let opened = keys.open("region/1/credential", &sealed).unwrap();
        assert_eq!(opened.as_slice(), b"s3cret");
        let moved = keys.open("region/2/credential", &sealed);
        assert_eq!(moved.unwrap_err(), VaultError::DoesNotOpen);
        let mut changed = sealed.clone();
        if let Some(byte) = changed.ciphertext.last_mut() {
            *byte ^= 1;
        }
        let opened = keys.open("region/1/credential", &changed);
        assert_eq!(opened.unwrap_err(), VaultError::DoesNotOpen);
    }

    #[test]
    fn another_master_key_opens_nothing() {
        let sealed = keys(&line("k1", "ab")).seal("x", b"s").unwrap();
        for other in [line("k1", "cd"), line("k2", "ab")] {
            assert_eq!(keys(&other).open("x", &sealed).unwrap_err(), VaultError::DoesNotOpen);
        }
    }

    #[test]
    fn s_56_the_first_key_seals_and_every_key_opens() {
        let old = keys(&line("k1", "ab")).seal("x", b"old").unwrap();
        let both = keys(&[line("k2", "cd"), line("k1", "ab")].concat());
        let new = both.seal("x", b"new").unwrap();
        assert_eq!((new.key_id.as_str(), both.present_id().unwrap().as_str()), ("k2", "k2"));
        assert_eq!(both.open("x", &old).unwrap().as_slice(), b"old");
        assert_eq!(both.open("x", &new).unwrap().as_slice(), b"new");
        assert!(both.has("k1") && !both.has("k3"));
    }

    #[test]
    fn s_56_a_key_that_another_process_put_into_the_file_is_found() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let first = line("k1", "ab");
        fs::write(file.path(), &first).unwrap();
        let here = MasterKeys::of_file(file.path(), &first).unwrap();
        let both = [line("k2", "cd"), first].concat();
        let elsewhere = keys(&both).seal("x", b"s").unwrap();
        assert!(here.open("x", &elsewhere).is_err());
        fs::write(file.path(), &both).unwrap();
        assert_eq!(here.open("x", &elsewhere).unwrap().as_slice(), b"s");
        assert_eq!(here.seal("x", b"t").unwrap().key_id, "k2");
        fs::write(file.path(), "").unwrap();
        assert_eq!(
            here.seal("x", b"t").unwrap().key_id,
            "k2",
            "an empty file changes nothing"
        );
    }

    #[test]
    fn a_malformed_master_key_is_refused() {
        let good = line("k1", "ab");
        for text in [
            "",
            "k1",
            ":",
            "k1:abcd",
            &line("", "ab"),
            &line("k1", "zz"),
            &format!("{good}no key"),
        ] {
            assert_eq!(MasterKeys::parse(text).err(), Some(VaultError::KeyInvalid), "{text}");
        }
        let line = MasterKeys::new_line().unwrap();
        assert_ne!(line, MasterKeys::new_line().unwrap());
        assert!(MasterKeys::parse(&line).is_ok());
    }
}
