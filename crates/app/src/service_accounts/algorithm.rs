//! Keys that sign access tokens: Ed25519, or RSA for gateways that know nothing newer; one algorithm a key (S-37).

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use zeroize::Zeroizing;

use crate::Error;
use crate::vault::Vault;

/// PKCS#8 of an Ed25519 key up to its 32 bytes (RFC 8410).
const ED25519_HEAD: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What access tokens are signed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenAlgorithm {
    /// Ed25519.
    #[default]
    EdDsa,
    /// RSA of 3,072 bits with SHA-256.
    Rs256,
}

impl TokenAlgorithm {
    /// Its name in tokens, in the table of keys and in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm of a name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::EdDsa, Self::Rs256]
            .into_iter()
            .find(|known| known.name() == name)
    }

    pub(super) const fn in_tokens(self) -> Algorithm {
        match self {
            Self::EdDsa => Algorithm::EdDSA,
            Self::Rs256 => Algorithm::RS256,
        }
    }

    /// A new private key in PKCS#8.
    ///
    /// # Errors
    /// [`Error::Internal`] without a source of randomness.
    pub(super) fn new_private_key(self) -> Result<Zeroizing<Vec<u8>>, Error> {
        match self {
            Self::EdDsa => {
                let seed = Vault::new_token().map_err(Error::internal)?;
                let seed = Zeroizing::new(hex::decode(seed.as_str()).map_err(Error::internal)?);
                Ok(Zeroizing::new([ED25519_HEAD.as_slice(), seed.as_slice()].concat()))
            }
            Self::Rs256 => {
                let pair = KeyPair::generate(KeySize::Rsa3072).map_err(Error::internal)?;
                let private = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).map_err(Error::internal)?;
                Ok(Zeroizing::new(private.as_ref().to_vec()))
            }
        }
    }

    /// The public half of a private key: 32 bytes, or an `RSAPublicKey` in DER.
    pub(super) fn public_half(self, private: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::EdDsa => {
                let jwk = Jwk::from_encoding_key(&EncodingKey::from_ed_der(private), Algorithm::EdDSA).ok()?;
                match jwk.algorithm {
                    AlgorithmParameters::OctetKeyPair(pair) => URL_SAFE_NO_PAD.decode(pair.x).ok(),
                    _ => None,
                }
            }
            Self::Rs256 => {
                let pair = KeyPair::from_pkcs8(private).ok()?;
                Some(pair.public_key().as_ref().to_vec())
            }
        }
    }

    pub(super) fn signs_with(self, private: &[u8]) -> Option<EncodingKey> {
        match self {
            Self::EdDsa => Some(EncodingKey::from_ed_der(private)),
            Self::Rs256 => {
                let body = Zeroizing::new(STANDARD.encode(private));
                let head = "-----BEGIN PRIVATE KEY-----\n";
                let pem = Zeroizing::new(format!("{head}{}\n-----END PRIVATE KEY-----\n", body.as_str()));
                EncodingKey::from_rsa_pem(pem.as_bytes()).ok()
            }
        }
    }

    pub(super) fn verifies_with(self, public: &[u8]) -> DecodingKey {
        match self {
            Self::EdDsa => DecodingKey::from_ed_der(public),
            Self::Rs256 => DecodingKey::from_rsa_der(public),
        }
    }
}
