//! Shared Key: the signature of a call under the key of the account, as the Blob service defines it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use outbound::Secret;
use sha2::Sha256;
use url::Url;

/// What of a call is signed.
pub(super) struct Signed<'a> {
    /// Method, upper case.
    pub(super) method: &'a str,
    /// Address without a query.
    pub(super) url: &'a Url,
    /// Length of the body.
    pub(super) length: usize,
    /// Type of the body; empty without one.
    pub(super) content_type: &'a str,
    /// Headers that begin with `x-ms-`, sorted by name.
    pub(super) headers: &'a [(&'static str, String)],
}

/// The value of `Authorization`; none when the key is no base64.
pub(super) fn authorization(account: &str, key: &Secret<String>, call: &Signed<'_>) -> Option<Secret<String>> {
    let key = zeroize::Zeroizing::new(STANDARD.decode(key.expose().trim()).ok()?);
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(text(account, call).as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    Some(Secret::new(format!("SharedKey {account}:{signature}")))
}

/// The text to sign: method, eleven standard headers of which a call uses two, own headers, resource.
fn text(account: &str, call: &Signed<'_>) -> String {
    let length = if call.length == 0 {
        String::new()
    } else {
        call.length.to_string()
    };
    let own: String = call
        .headers
        .iter()
        .flat_map(|(name, value)| [*name, ":", value, "\n"])
        .collect();
    let standard = format!("{}\n\n\n{length}\n\n{}\n\n\n\n\n\n\n", call.method, call.content_type);
    format!("{standard}{own}/{account}{}", call.url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_text_is_the_one_of_the_description_of_the_service() {
        let url = Url::parse("https://myaccount.blob.core.windows.net/mycontainer/my%20blob.txt").unwrap();
        let headers = [
            ("x-ms-blob-type", "BlockBlob".to_owned()),
            ("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT".to_owned()),
            ("x-ms-version", "2017-11-09".to_owned()),
        ];
        let mut call = Signed {
            method: "PUT",
            url: &url,
            length: 11,
            content_type: "text/plain",
            headers: &headers,
        };
        let tail = "x-ms-blob-type:BlockBlob\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2017-11-09\n\
                    /myaccount/mycontainer/my%20blob.txt";
        assert_eq!(
            text("myaccount", &call),
            format!("PUT\n\n\n11\n\ntext/plain\n\n\n\n\n\n\n{tail}")
        );
        call.length = 0;
        call.content_type = "";
        assert!(text("myaccount", &call).starts_with("PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-"));
    }

    #[test]
    fn a_key_that_is_no_base64_signs_nothing() {
        let url = Url::parse("https://a.example/c/b").unwrap();
        let call = Signed {
            method: "DELETE",
            url: &url,
            length: 0,
            content_type: "",
            headers: &[],
        };
        assert!(authorization("acc", &Secret::from("no base64!"), &call).is_none());
        assert!(authorization("acc", &Secret::from("a2V5"), &call).is_some());
    }
}
