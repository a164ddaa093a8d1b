//! The part of the tree a query may touch (PM-3, PM-23, S-02).

use crate::role::Anchor;

/// A branch of the tree, or everything for the platform and for jobs. Every query of stored data takes one, so that
/// forgetting it does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    anchor: Anchor,
}

impl Scope {
    /// The branch of an authorised actor.
    pub const fn of(anchor: Anchor) -> Self {
        Self { anchor }
    }

    /// Everything, for work no person asked for; `reason` names it where the scope is made and is kept by the caller's
    /// job or audit entry.
    pub const fn system(_reason: &'static str) -> Self {
        Self {
            anchor: Anchor::Platform,
        }
    }

    /// Root of the branch.
    pub const fn anchor(self) -> Anchor {
        self.anchor
    }

    /// Whether the scope is the whole tree.
    pub const fn is_everything(self) -> bool {
        matches!(self.anchor, Anchor::Platform)
    }
}
