//! Passwords known from breaches, looked up in a local file (I-20).

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use sha1::{Digest, Sha1};

/// Digits of a hash in the file.
const DIGITS: usize = 40;
/// Longest line: the hash, a colon, a count, and its end.
const LINE_BYTES: usize = 64;

/// A file with one line for each password, in order: its SHA-1 in upper-case hexadecimal digits, a colon and how often it
/// was seen. The public lists of breached passwords come in this form; some have tens of gigabytes, so the file stays on disk
/// and a look-up reads some forty lines of it.
#[derive(Debug)]
pub struct BreachedPasswords {
    file: File,
    bytes: u64,
}

impl BreachedPasswords {
    /// Opens a list.
    ///
    /// # Errors
    /// When it cannot be read, or its first line is none of such a list.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let list = Self { file, bytes };
        match list.line_from(0)? {
            Some(first) if first.iter().all(u8::is_ascii_hexdigit) => Ok(list),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the first line has no SHA-1 of a password",
            )),
        }
    }

    /// Whether a password is in the list.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn contains(&self, password: &str) -> io::Result<bool> {
        let wanted = hex::encode_upper(Sha1::digest(password.as_bytes()));
        let (mut low, mut high) = (0, self.bytes);
        while low < high {
            let middle = low.midpoint(high);
            match self.line_from(middle)? {
                Some(hash) if hash.as_slice() < wanted.as_bytes() => low = middle.saturating_add(1),
                _ => high = middle,
            }
        }
        Ok(self.line_from(low)?.is_some_and(|hash| hash == wanted.as_bytes()))
    }

    /// The hash of the first line that begins at `offset` or after it.
    fn line_from(&self, offset: u64) -> io::Result<Option<[u8; DIGITS]>> {
        // A line begins after the end of another one, so the byte before counts.
        let before = offset.saturating_sub(1);
        let mut read = [0_u8; LINE_BYTES * 2];
        let length = self.file.read_at(&mut read, before)?;
        let mut rest = read.get(..length).unwrap_or_default();
        if offset > 0 {
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                return Ok(None);
            };
            rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
        }
        Ok(rest.first_chunk().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 6] = [
        "password",
        "letmein",
        "correct horse",
        "übergroß",
        "",
        "sesam öffne dich",
    ];

    fn list(passwords: &[&str], end: &str) -> (tempfile::NamedTempFile, BreachedPasswords) {
        let mut lines: Vec<String> = passwords
            .iter()
            .zip([3_861_493_u64, 1, 20, 7, 99_999_999_999, 4])
            .map(|(password, seen)| format!("{}:{seen}{end}", hex::encode_upper(Sha1::digest(password))))
            .collect();
        lines.sort();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), lines.concat()).unwrap();
        let opened = BreachedPasswords::open(file.path()).unwrap();
        (file, opened)
    }

    #[test]
    fn i_20_every_password_of_the_list_is_found_and_no_other() {
        for end in ["\n", "\r\n"] {
            for most in 1..=KNOWN.len() {
                let (_file, list) = list(&KNOWN[..most], end);
                for (index, password) in KNOWN.iter().enumerate() {
                    assert_eq!(list.contains(password).unwrap(), index < most, "{password} of {most}");
                }
                for other in ["Password", "letmein ", "correct horse battery", "ü"] {
                    assert!(!list.contains(other).unwrap(), "{other}");
                }
            }
        }
    }

    #[test]
    fn a_file_of_something_else_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for content in ["", "password\nletmein\n", &"x".repeat(200)] {
            std::fs::write(file.path(), content).unwrap();
            assert!(BreachedPasswords::open(file.path()).is_err(), "{content:?}");
        }
        assert!(BreachedPasswords::open(Path::new("/nowhere/at/all")).is_err());
    }
}
