//! Builds the web app: cargo for WebAssembly, the post-processor as a library, hashed names, integrity, compressed copies.

use std::fs;
use std::path::PathBuf;

use crate::command;
use crate::failure::{About, Failure, Outcome};
use crate::workspace::Workspace;

mod assets;
mod bindgen;
mod page;

use assets::{Asset, Assets};

/// The first load, compressed, may weigh this much (web-app design).
const FIRST_LOAD_LIMIT: usize = 500 * 1024;

/// Builds everything into the target directory and gives back the folder to serve.
///
/// # Errors
/// When a step fails, the page has an inline script or style (S-42), or the first load is too heavy.
pub fn run(workspace: &Workspace) -> Outcome<PathBuf> {
    let mut cargo = command::cargo();
    cargo.args([
        "build",
        "--profile",
        "web",
        "--target",
        "wasm32-unknown-unknown",
        "--package",
        "cms-frontend",
    ]);
    command::run(cargo.current_dir(&workspace.root))?;
    let module = workspace.target.join("wasm32-unknown-unknown/web/cms-frontend.wasm");

    let processed = bindgen::process(&module)?;
    let mut assets = Assets::default();
    let wasm = assets.add_hashed("cms", "wasm", processed.wasm);
    for (name, content) in processed.snippets {
        assets.add(name, content.into_bytes());
    }
    let glue = assets.add_hashed("cms", "js", processed.glue.into_bytes());
    let loader = assets.add_hashed("main", "js", page::loader(&glue, &wasm).into_bytes());
    let style = assets.add_hashed("cms", "css", styles(workspace)?.into_bytes());
    let source = workspace.path("frontend/index.html");
    let template = fs::read_to_string(&source).about(source.display())?;
    let page = page::render(
        &template,
        &page::Links {
            style: &style,
            loader: &loader,
            glue: &glue,
        },
    )?;

    let folder = workspace.target.join("web/dist");
    let sizes = assets.write(&folder, &page)?;
    for (name, plain, compressed) in &sizes.files {
        println!("{compressed:>9} B compressed {plain:>9} B  {name}");
    }
    println!(
        "first load {} KB compressed, in {}",
        sizes.first_load.div_ceil(1024),
        folder.display()
    );
    if sizes.first_load > FIRST_LOAD_LIMIT {
        return Err(Failure::new(format!(
            "the first load is over {} KB",
            FIRST_LOAD_LIMIT / 1024
        )));
    }
    Ok(folder)
}

/// The stylesheets in the order of their layers.
fn styles(workspace: &Workspace) -> Outcome<String> {
    const FIRST: [&str; 3] = ["tokens.css", "base.css", "ui.css"];
    let folder = workspace.path("frontend/styles");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).about(folder.display())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            names.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    names.sort_by_key(|name| {
        (
            FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()),
            name.clone(),
        )
    });
    let mut all = String::new();
    for name in names {
        let path = folder.join(name);
        all.push_str(&fs::read_to_string(&path).about(path.display())?);
        all.push('\n');
    }
    Ok(all)
}
