//! Tokens the simulator issued and their audiences.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Issued tokens by text.
#[derive(Debug, Default)]
pub struct Tokens {
    issued: Mutex<(u64, HashMap<String, String>)>,
}

impl Tokens {
    /// Issues a token for an audience.
    pub fn issue(&self, audience: &str) -> String {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.0 = issued.0.wrapping_add(1);
        let token = format!("eyJ0eXAi.simulated-{}.c2ln", issued.0);
        issued.1.insert(token.clone(), audience.to_owned());
        token
    }

    /// Audience of a token; none when it was not issued here or was withdrawn.
    pub fn audience(&self, token: &str) -> Option<String> {
        self.issued
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .get(token)
            .cloned()
    }

    /// Withdraws all tokens: they have expired.
    pub fn expire_all(&self) {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner).1.clear();
    }
}
