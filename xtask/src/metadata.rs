//! The dependency graph as cargo resolves it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::Deserialize;

use crate::command;
use crate::failure::{About, Outcome};
use crate::workspace::Workspace;

/// All packages and how they depend on each other.
#[derive(Debug)]
pub struct Graph {
    packages: BTreeMap<String, Package>,
    nodes: BTreeMap<String, Node>,
    members: BTreeSet<String>,
}

/// One package.
#[derive(Debug, Deserialize)]
pub struct Package {
    id: String,
    /// Its name on crates.io or in this workspace.
    pub name: String,
    /// Where its manifest is.
    pub manifest_path: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
    features: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Debug, Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

/// Which dependencies count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What is in the product or builds it.
    Product,
    /// What its tests use.
    Tests,
}

impl Graph {
    /// Reads the graph of the workspace.
    ///
    /// # Errors
    /// When cargo cannot resolve it.
    pub fn read(workspace: &Workspace) -> Outcome<Self> {
        let mut cargo = command::cargo();
        cargo
            .args(["metadata", "--format-version", "1", "--locked"])
            .current_dir(&workspace.root);
        let metadata: Metadata = serde_json::from_str(&command::text_of(&mut cargo)?).about("cargo metadata")?;
        Ok(Self {
            packages: metadata
                .packages
                .into_iter()
                .map(|package| (package.id.clone(), package))
                .collect(),
            nodes: metadata
                .resolve
                .nodes
                .into_iter()
                .map(|node| (node.id.clone(), node))
                .collect(),
            members: metadata.workspace_members,
        })
    }

    /// The packages of the workspace.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.members.iter().filter_map(|id| self.packages.get(id))
    }

    /// The names of the packages a package depends on directly.
    pub fn direct(&self, package: &Package, kind: Kind) -> BTreeSet<&str> {
        self.edges(&package.id, kind).filter_map(|id| self.name(id)).collect()
    }

    /// Every package that the product code of a package reaches, without itself.
    pub fn reached(&self, package: &Package) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![package.id.as_str()];
        while let Some(id) = open.pop() {
            open.extend(self.edges(id, Kind::Product).filter(|&next| seen.insert(next)));
        }
        seen.into_iter().filter_map(|id| self.name(id)).collect()
    }

    /// Who of the packages reached by `package` depends directly on one called `name`.
    pub fn users_of(&self, name: &str, package: &Package) -> BTreeSet<&str> {
        let reached = self.reached(package);
        let holds = |id: &str| self.edges(id, Kind::Product).any(|edge| self.name(edge) == Some(name));
        let users = self.nodes.keys().filter(|id| holds(id)).filter_map(|id| self.name(id));
        users
            .filter(|user| reached.contains(user) || *user == package.name)
            .collect()
    }

    /// The features of a package, over all its versions.
    pub fn features(&self, name: &str) -> BTreeSet<&str> {
        let named = self.nodes.values().filter(|node| self.name(&node.id) == Some(name));
        named
            .flat_map(|node| node.features.iter().map(String::as_str))
            .collect()
    }

    fn edges<'g>(&'g self, id: &str, kind: Kind) -> impl Iterator<Item = &'g str> + use<'g> {
        let edges = self.nodes.get(id).map(|node| node.deps.as_slice()).unwrap_or_default();
        let counts = move |edge: &EdgeKind| (edge.kind.as_deref() == Some("dev")) == (kind == Kind::Tests);
        edges
            .iter()
            .filter(move |edge| edge.dep_kinds.iter().any(counts))
            .map(|edge| edge.pkg.as_str())
    }

    fn name(&self, id: &str) -> Option<&str> {
        self.packages.get(id).map(|package| package.name.as_str())
    }
}
