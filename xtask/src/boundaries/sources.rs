//! Rules on sources that the compiler does not see.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{About, Outcome};
use crate::metadata::Graph;

/// How many source files there are, and what is wrong with them.
///
/// # Errors
/// When a file cannot be read.
pub fn violations(graph: &Graph) -> Outcome<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut count = 0_usize;
    for package in graph.members() {
        let manifest = fs::read_to_string(&package.manifest_path).about(package.manifest_path.display())?;
        if !manifest.contains("[lints]\nworkspace = true") {
            found.push(format!(
                "{} does not take over the lints of the workspace",
                package.name
            ));
        }
        let folder = package.manifest_path.parent().unwrap_or(Path::new("."));
        for path in rust_files(folder)? {
            count = count.saturating_add(1);
            let source = fs::read_to_string(&path).about(path.display())?;
            let broken = broken_rules(&source, package.name == "cms-frontend");
            found.extend(
                broken
                    .into_iter()
                    .map(|(line, rule)| format!("{}:{line}: {rule}", path.display())),
            );
        }
    }
    Ok((count, found))
}

fn rust_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).about(folder.display())? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("target") {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn broken_rules(source: &str, web: bool) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(source.lines()) {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        if has_unsafe_code(code) {
            found.push((number, "no unsafe code (S-82)"));
        }
        if web && code.contains("inner_html") {
            found.push((number, "text is text: no inner_html (S-42)"));
        }
        if web && code.split_whitespace().any(|word| word.starts_with("style=")) {
            found.push((
                number,
                "the policy of the page refuses a style attribute: use a class or `style:` (S-42)",
            ));
        }
    }
    found
}

/// `forbid(unsafe_code)` stops the compiler already; this also sees code behind a `cfg` that is not compiled here.
fn has_unsafe_code(code: &str) -> bool {
    let Some((before, after)) = code.split_once(concat!("unsa", "fe ")) else {
        return false;
    };
    let quoted = before.matches('"').count() % 2 == 1;
    let starts = ["{", "fn ", "impl ", "trait ", "extern "];
    !quoted && !before.contains("//") && starts.iter().any(|start| after.trim_start().starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_code_is_found_and_words_about_it_are_not() {
        assert!(has_unsafe_code(concat!("let x = unsa", "fe { *pointer };")));
        assert!(has_unsafe_code(concat!("pub unsa", "fe fn read() {}")));
        assert!(!has_unsafe_code("script-src 'wasm-unsafe-eval'"));
        assert!(!has_unsafe_code(concat!("\"never unsa", "fe { here }\"")));
    }

    #[test]
    fn s_42_a_style_attribute_and_raw_markup_are_refused_in_the_web_app_only() {
        let source =
            "view! { <p style=\"color: red\" inner_html=text/> }\nview! { <p style:color=c class=\"style\"/> }";
        assert_eq!(broken_rules(source, true).len(), 2);
        assert_eq!(broken_rules(source, false), []);
    }
}
