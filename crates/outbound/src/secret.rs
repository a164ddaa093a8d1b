//! Secrets in memory (S-59).

use zeroize::{Zeroize, Zeroizing};

/// A secret value: no `Debug`, `Display` or `Serialize`, so that it cannot slip into a log, an error or a stored form,
/// and overwritten when dropped (S-59).
#[derive(Clone)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes a value in.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for the one call that needs it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl From<String> for Secret<String> {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self::new(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};
    use std::marker::PhantomData;

    use super::Secret;

    /// The answer for types without a trait; the inherent functions of `Probe` hide it for types with it.
    trait Without {
        fn has_debug() -> bool {
            false
        }
        fn has_display() -> bool {
            false
        }
        fn has_serialize() -> bool {
            false
        }
    }
    struct Probe<T>(PhantomData<T>);
    impl<T> Without for Probe<T> {}
    impl<T: Debug> Probe<T> {
        fn has_debug() -> bool {
            true
        }
    }
    impl<T: Display> Probe<T> {
        fn has_display() -> bool {
            true
        }
    }
    impl<T: serde::Serialize> Probe<T> {
        fn has_serialize() -> bool {
            true
        }
    }

    #[test]
    fn a_secret_can_neither_be_printed_nor_serialised() {
        // The probe itself sees the traits where they exist.
        assert!(Probe::<String>::has_debug() && Probe::<String>::has_display() && Probe::<String>::has_serialize());
        assert!(!Probe::<Secret<String>>::has_debug());
        assert!(!Probe::<Secret<String>>::has_display());
        assert!(!Probe::<Secret<String>>::has_serialize());
    }

    #[test]
    fn a_secret_gives_its_value_to_who_asks_for_it() {
        assert_eq!(Secret::from("horse").expose(), "horse");
    }
}
