//! Codes that people type: by mail (S-24) and for recovery (I-33).

use chrono::TimeDelta;
use domain::ids::UserId;
use persistence::Tx;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{App, Error};

/// Purpose of the code for registering an authenticator again (I-36).
pub const ENROLMENT: &str = "enrolment";
/// 32 characters without I, L, O and U (I-11).
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];
/// Characters of a group.
const GROUP: usize = 5;
/// Groups of a code by mail: 10 characters, 50 bits.
const MAILED_GROUPS: usize = 2;
/// Groups of a recovery code: 25 characters, 125 bits (112 or more, S-26).
const RECOVERY_GROUPS: usize = 5;
/// Recovery codes of an authenticator.
const RECOVERY_CODES: usize = 10;
/// Tries of a code by mail (S-24).
const TRIES: i64 = 5;

/// What became of a typed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It was right and is used up.
    Right,
    /// It was wrong.
    Wrong,
    /// There is none, it expired, or it was tried too often.
    Expired,
}

/// Makes the user's code of a purpose, valid for an hour, in place of an older one.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn new_mailed(app: &App, tx: &Tx, user_id: UserId, purpose: &str) -> Result<Zeroizing<String>, Error> {
    let code = random(MAILED_GROUPS)?;
    let hash = hash(app, &mailed_purpose(user_id, purpose), &code);
    let expires_at = app.clock().now() + TimeDelta::hours(1);
    tx.mailed_codes().replace(user_id, purpose, hash, expires_at).await?;
    Ok(code)
}

/// Compares a typed code with the one that was sent. The try counts whatever the caller does next, so the caller
/// commits also when it refuses.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn check_mailed(app: &App, tx: &Tx, user_id: UserId, purpose: &str, typed: &str) -> Result<Checked, Error> {
    let Some(sent) = tx.mailed_codes().count_try(user_id, purpose).await? else {
        return Ok(Checked::Expired);
    };
    if sent.tries > TRIES || sent.expires_at <= app.clock().now() {
        return Ok(Checked::Expired);
    }
    let typed = hash(app, &mailed_purpose(user_id, purpose), typed);
    if !bool::from(typed.as_slice().ct_eq(&sent.code_hash)) {
        return Ok(Checked::Wrong);
    }
    let used = tx.mailed_codes().use_up(user_id, purpose).await?;
    Ok(if used { Checked::Right } else { Checked::Expired })
}

/// Makes ten recovery codes in place of older ones (I-33, I-34).
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn new_recovery(app: &App, tx: &Tx, user_id: UserId) -> Result<Vec<String>, Error> {
    let codes = (0..RECOVERY_CODES)
        .map(|_| random(RECOVERY_GROUPS))
        .collect::<Result<Vec<_>, _>>()?;
    let purpose = recovery_purpose(user_id);
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash(app, &purpose, code)).collect();
    tx.recovery_codes().replace(user_id, &hashes, app.clock().now()).await?;
    Ok(codes.into_iter().map(|code| code.to_string()).collect())
}

/// Uses a recovery code up; false when it is none.
///
/// # Errors
/// [`Error::Internal`] of storage.
pub async fn use_recovery(app: &App, tx: &Tx, user_id: UserId, typed: &str) -> Result<bool, Error> {
    let hash = hash(app, &recovery_purpose(user_id), typed);
    Ok(tx.recovery_codes().use_up(user_id, &hash, app.clock().now()).await?)
}

fn mailed_purpose(user_id: UserId, purpose: &str) -> String {
    format!("code/{purpose}/{user_id}")
}

fn recovery_purpose(user_id: UserId) -> String {
    format!("recovery/{user_id}")
}

fn hash(app: &App, purpose: &str, code: &str) -> Vec<u8> {
    app.vault().token_hash(purpose, &read(code))
}

/// What was meant by what was typed: case and separators do not count, nor do letters that look like figures.
fn read(typed: &str) -> Zeroizing<String> {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric);
    let read = letters.map(|letter| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    Zeroizing::new(read.collect())
}

/// Groups of random characters; each byte gives five bits, so every character is as likely as any other.
fn random(groups: usize) -> Result<Zeroizing<String>, Error> {
    let mut bytes = Zeroizing::new(vec![0_u8; groups.saturating_mul(GROUP)]);
    getrandom::fill(&mut bytes).map_err(|_| Error::internal("no random numbers"))?;
    let mut code = Zeroizing::new(String::new());
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place.is_multiple_of(GROUP) {
            code.push('-');
        }
        let letter = ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or('0');
        code.push(letter);
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them_and_differ() {
        assert_eq!(read("7k3qx 9mz2b").as_str(), "7K3QX9MZ2B");
        assert_eq!(read("O0Il1-").as_str(), "00111");
        let (one, other) = (random(2).unwrap(), random(2).unwrap());
        assert_eq!((one.len(), one.chars().nth(5)), (11, Some('-')));
        assert_ne!(one, other);
        assert!(random(5).unwrap().chars().all(|c| c == '-' || ALPHABET.contains(&c)));
    }
}
