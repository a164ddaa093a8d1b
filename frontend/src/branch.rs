//! The branch that lists are narrowed to: chosen in the path at the top, and part of the address.

use crate::paths::Kind;
use uuid::Uuid;

/// The parameter of the app's addresses.
pub const PARAMETER: &str = "scope";

/// A distributor or a partner below the own scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its kind.
    pub kind: Kind,
    /// Its identity.
    pub id: Uuid,
}

impl Branch {
    /// Reads the parameter.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, id) = text.split_once('.')?;
        let kind = match word {
            "distributor" => Kind::Distributor,
            "partner" => Kind::Partner,
            _ => return None,
        };
        Some(Self {
            kind,
            id: Uuid::parse_str(id).ok()?,
        })
    }

    /// Writes the parameter; the inverse of [`Branch::parse`].
    pub fn write(self) -> String {
        format!("{}.{}", self.kind.operation(), self.id)
    }

    /// The parameter of a list of the API that narrows it to this branch; nothing for lists that have no branch.
    pub fn narrows(self, list: &str) -> Option<&'static str> {
        let by_partner = matches!(list, "/tenants" | "/subscriptions" | "/invoices");
        match self.kind {
            Kind::Distributor if by_partner || list == "/partners" => Some("distributor_id"),
            Kind::Partner if by_partner => Some("partner_id"),
            _ if list == "/users" => Some("anchor_id"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0192_f0a0_0000_7000_8000_0000_0000_0001);

    #[test]
    fn a_branch_survives_being_written_and_read() {
        for kind in [Kind::Distributor, Kind::Partner] {
            let branch = Branch { kind, id: ID };
            assert_eq!(Branch::parse(&branch.write()), Some(branch));
        }
        for wrong in [
            "",
            "tenant",
            "partner.x",
            "platform.0192f0a0-0000-7000-8000-000000000001",
        ] {
            assert_eq!(Branch::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_list_is_narrowed_by_the_parameter_it_knows() {
        let partner = Branch {
            kind: Kind::Partner,
            id: ID,
        };
        let distributor = Branch {
            kind: Kind::Distributor,
            id: ID,
        };
        assert_eq!(partner.narrows("/invoices"), Some("partner_id"));
        assert_eq!(distributor.narrows("/partners"), Some("distributor_id"));
        assert_eq!(partner.narrows("/partners"), None);
        assert_eq!(partner.narrows("/users"), Some("anchor_id"));
        assert_eq!(distributor.narrows("/regions"), None);
    }
}
