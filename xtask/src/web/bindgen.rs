//! The post-processor of wasm-bindgen as a library at the version in `Cargo.lock`.

use std::collections::BTreeMap;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{About, Failure, Outcome};

/// What the browser loads.
#[derive(Debug)]
pub struct Processed {
    /// The module.
    pub wasm: Vec<u8>,
    /// The JavaScript that connects it to the browser.
    pub glue: String,
    /// Files that the glue imports, by path.
    pub snippets: BTreeMap<String, String>,
}

/// Processes a compiled module for `<script type="module">`.
///
/// # Errors
/// When the module was not made by the same version of wasm-bindgen.
pub fn process(module: &Path) -> Outcome<Processed> {
    let explain = |error| format!("{error:#}");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("cms")
        .typescript(false)
        .remove_producers_section(true);
    bindgen.remove_name_section(true).omit_default_module_path(true);
    bindgen.web(true).map_err(explain).about("wasm-bindgen")?;
    let mut output = bindgen.generate_output().map_err(explain).about(module.display())?;
    if !output.npm_dependencies().is_empty() {
        return Err(Failure::new(
            "the web app wants packages of npm: nothing is loaded from elsewhere",
        ));
    }
    let mut snippets = BTreeMap::new();
    for (identifier, list) in output.snippets() {
        for (number, content) in list.iter().enumerate() {
            snippets.insert(format!("snippets/{identifier}/inline{number}.js"), content.clone());
        }
    }
    for (path, content) in output.local_modules() {
        snippets.insert(format!("snippets/{path}"), content.clone());
    }
    Ok(Processed {
        wasm: output.wasm_mut().emit_wasm(),
        glue: output.js().to_owned(),
        snippets,
    })
}
