//! The document and the loader (S-41, S-42).

use super::Asset;
use crate::failure::{Failure, Outcome};

const PLACE: &str = "<!-- head -->";

/// What the document loads.
#[derive(Debug)]
pub struct Links<'a> {
    /// The stylesheet.
    pub style: &'a Asset,
    /// The loader.
    pub loader: &'a Asset,
    /// The generated JavaScript.
    pub glue: &'a Asset,
}

/// The loader, a file of its own because the policy of the page refuses inline scripts.
pub fn loader(glue: &Asset, wasm: &Asset) -> String {
    format!(
        "import init from \"./{}\";\n\
         const module = fetch(new URL(\"./{}\", import.meta.url), {{ integrity: \"{}\" }});\n\
         await init({{ module_or_path: module }});\n",
        glue.name, wasm.name, wasm.integrity
    )
}

/// Puts the links into the template.
///
/// # Errors
/// When the template has no place for them, or an inline script, style or handler (S-42).
pub fn render(template: &str, links: &Links<'_>) -> Outcome<String> {
    if !template.contains(PLACE) {
        return Err(Failure::new(format!("frontend/index.html has no {PLACE}")));
    }
    let Links { style, loader, glue } = links;
    let head = [
        format!(
            "<link rel=\"stylesheet\" href=\"{}\" integrity=\"{}\">",
            style.address(),
            style.integrity
        ),
        format!(
            "<link rel=\"modulepreload\" href=\"{}\" integrity=\"{}\">",
            glue.address(),
            glue.integrity
        ),
        format!(
            "<script type=\"module\" src=\"{}\" integrity=\"{}\"></script>",
            loader.address(),
            loader.integrity
        ),
    ];
    let page = template.replace(PLACE, &head.join("\n    "));
    match inline_code(&page) {
        Some(found) => Err(Failure::new(format!(
            "frontend/index.html has {found}, which the page's policy refuses"
        ))),
        None => Ok(page),
    }
}

/// The first tag with code or style of its own.
fn inline_code(page: &str) -> Option<String> {
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let lower = tag.to_ascii_lowercase();
        let name = lower
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        let attribute = |word: &str| word.starts_with("style=") || (word.starts_with("on") && word.contains('='));
        let inline = (name == "script" && !lower.contains(" src="))
            || name == "style"
            || lower.contains("javascript:")
            || lower.split_whitespace().skip(1).any(attribute);
        if inline {
            return Some(format!("<{tag}>"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::assets::Assets;

    fn rendered(template: &str) -> Outcome<String> {
        let mut assets = Assets::default();
        let [style, loader, glue] = ["css", "js", "js"].map(|kind| assets.add_hashed("a", kind, vec![1]));
        render(
            template,
            &Links {
                style: &style,
                loader: &loader,
                glue: &glue,
            },
        )
    }

    #[test]
    fn s_41_every_script_and_style_carries_its_integrity() {
        let page = rendered("<html><head><!-- head --></head><body></body></html>").unwrap();
        assert_eq!(page.matches("integrity=\"sha384-").count(), 3);
        assert!(page.contains("<script type=\"module\" src=\"/assets/a-"));
    }

    #[test]
    fn s_42_an_inline_script_style_or_handler_stops_the_build() {
        for inline in [
            "<script>run()</script>",
            "<style>p{}</style>",
            "<p style=\"a\">",
            "<p onclick=\"a\">",
        ] {
            assert!(
                rendered(&format!("<html><!-- head -->{inline}</html>")).is_err(),
                "{inline}"
            );
        }
    }

    #[test]
    fn a_template_without_a_place_for_the_links_stops_the_build() {
        assert!(rendered("<html></html>").is_err());
    }
}
