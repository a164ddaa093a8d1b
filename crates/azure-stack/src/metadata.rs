//! What a stamp says about itself before anybody signs in.

use outbound::Url;
use serde::Deserialize;

/// Who signs people and applications in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentitySystem {
    /// Entra ID.
    Entra,
    /// Active Directory Federation Services of the stamp.
    Adfs,
}

impl IdentitySystem {
    /// As stored (U-1).
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entra => "entra",
            Self::Adfs => "adfs",
        }
    }
}

/// The metadata document of a management endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Where tokens come from. Must be confirmed before a secret goes there (S-57).
    pub login_endpoint: Url,
    /// What a token for this endpoint must be asked for; always read here, never built (U-3).
    pub audience: String,
    /// Who signs in.
    pub identity_system: IdentitySystem,
    /// The portal that belongs to the endpoint.
    pub portal: Option<Url>,
    /// The marketplace service.
    pub gallery: Option<Url>,
    /// The directory service.
    pub graph: Option<Url>,
    /// Name of the environment (`AzureStack-Admin-…`), in the newer form only.
    pub name: Option<String>,
    /// Domain of the storage accounts, in the newer form only.
    pub storage_suffix: Option<String>,
    /// Domain of the key vaults, in the newer form only.
    pub key_vault_suffix: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    authentication: Authentication,
    #[serde(default, alias = "portalEndpoint")]
    portal: Option<String>,
    #[serde(default, alias = "galleryEndpoint")]
    gallery: Option<String>,
    #[serde(default, alias = "graphEndpoint")]
    graph: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    suffixes: Option<Suffixes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authentication {
    login_endpoint: String,
    audiences: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suffixes {
    #[serde(default)]
    storage: Option<String>,
    #[serde(default)]
    key_vault_dns: Option<String>,
}

/// Both shapes: an object (2015-01-01) or an array holding one (2019-05-01).
#[derive(Deserialize)]
#[serde(untagged)]
enum Shape {
    One(Box<Wire>),
    List(Vec<Wire>),
}

impl Metadata {
    /// Reads a metadata document; nothing when it is none.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let wire = match serde_json::from_slice(body).ok()? {
            Shape::One(wire) => *wire,
            Shape::List(list) => list.into_iter().next()?,
        };
        let login_endpoint = absolute(&wire.authentication.login_endpoint)?;
        let audience = wire
            .authentication
            .audiences
            .into_iter()
            .find(|audience| !audience.trim().is_empty())?;
        let last_part = login_endpoint.path_segments()?.rfind(|part| !part.is_empty());
        let is_adfs = last_part.is_some_and(|part| part.eq_ignore_ascii_case("adfs"));
        let suffixes = wire.suffixes;
        let optional = |text: Option<String>| text.as_deref().and_then(absolute);
        Some(Self {
            identity_system: if is_adfs {
                IdentitySystem::Adfs
            } else {
                IdentitySystem::Entra
            },
            login_endpoint,
            audience,
            portal: optional(wire.portal),
            gallery: optional(wire.gallery),
            graph: optional(wire.graph),
            name: wire.name,
            storage_suffix: suffixes.as_ref().and_then(|suffixes| suffixes.storage.clone()),
            key_vault_suffix: suffixes.and_then(|suffixes| suffixes.key_vault_dns),
        })
    }
}

fn absolute(text: &str) -> Option<Url> {
    text.parse::<Url>()
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::{IdentitySystem, Metadata};

    const ENTRA: &str = r#"{"galleryEndpoint":"https://adminportal.zrh1.cloud.alpenhost.example:30015/","graphEndpoint":"https://graph.windows.net/",
 "portalEndpoint":"https://adminportal.zrh1.cloud.alpenhost.example/",
 "authentication":{"loginEndpoint":"https://login.microsoftonline.com/",
  "audiences":["https://adminmanagement.alpenhost.onmicrosoft.com/3f0c1c52-8d6f-4d37-b7a5-5d1f2e9c8b77"]}}"#;
    const ADFS: &str = r#"[{"portal":"https://portal.brn2.cloud.alpenhost.example/",
  "authentication":{"loginEndpoint":"https://adfs.brn2.cloud.alpenhost.example/adfs","audiences":["https://management.adfs.brn2.local/8a7b6c5d"]},
  "graphAudience":"https://graph.brn2.cloud.alpenhost.example/","graph":"https://graph.brn2.cloud.alpenhost.example/",
  "name":"AzureStack-User-8a7b6c5d","suffixes":{"keyVaultDns":"vault.brn2.cloud.alpenhost.example","storage":"brn2.cloud.alpenhost.example"},"gallery":"https://providers.brn2.local:30016/"}]"#;

    #[test]
    fn the_older_object_is_read() {
        let metadata = Metadata::parse(ENTRA.as_bytes()).unwrap();
        assert_eq!(metadata.identity_system, IdentitySystem::Entra);
        assert_eq!(metadata.login_endpoint.as_str(), "https://login.microsoftonline.com/");
        assert_eq!(
            metadata.audience,
            "https://adminmanagement.alpenhost.onmicrosoft.com/3f0c1c52-8d6f-4d37-b7a5-5d1f2e9c8b77"
        );
        assert_eq!(
            metadata.portal.unwrap().as_str(),
            "https://adminportal.zrh1.cloud.alpenhost.example/"
        );
        assert_eq!(metadata.name, None);
    }

    #[test]
    fn the_newer_array_is_read() {
        let metadata = Metadata::parse(ADFS.as_bytes()).unwrap();
        assert_eq!(metadata.identity_system, IdentitySystem::Adfs);
        assert_eq!(metadata.name.as_deref(), Some("AzureStack-User-8a7b6c5d"));
        assert_eq!(metadata.storage_suffix.as_deref(), Some("brn2.cloud.alpenhost.example"));
        assert_eq!(metadata.audience, "https://management.adfs.brn2.local/8a7b6c5d");
    }

    #[test]
    fn ad_fs_is_known_by_the_last_part_of_the_login_path() {
        for (login, expected) in [
            ("https://adfs.x.example/adfs/", IdentitySystem::Adfs),
            ("https://adfs.x.example/ADFS", IdentitySystem::Adfs),
            ("https://login.microsoftonline.us/", IdentitySystem::Entra),
            ("https://adfs.x.example/", IdentitySystem::Entra),
        ] {
            let text = ENTRA.replace("https://login.microsoftonline.com/", login);
            assert_eq!(
                Metadata::parse(text.as_bytes()).unwrap().identity_system,
                expected,
                "{login}"
            );
        }
    }

    #[test]
    fn other_documents_are_no_metadata() {
        let no_audience = ENTRA.replace(
            "https://adminmanagement.alpenhost.onmicrosoft.com/3f0c1c52-8d6f-4d37-b7a5-5d1f2e9c8b77",
            "",
        );
        let bad_login = ENTRA.replace("https://login.microsoftonline.com/", "javascript:alert(1)");
        for body in [
            "",
            "<html></html>",
            "{}",
            "[]",
            "null",
            "{\"authentication\":{}}",
            &no_audience,
            &bad_login,
        ] {
            assert_eq!(Metadata::parse(body.as_bytes()), None, "{body}");
        }
    }
}
