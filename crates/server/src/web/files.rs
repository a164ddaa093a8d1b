//! Files of the web app from their pre-compressed copies; every other path gets the document (S-40).

use std::path::{Component, Path, PathBuf};

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::State;

/// Serves the web app.
pub async fn serve(request: HttpRequest, state: Data<State>) -> HttpResponse {
    let Some(folder) = &state.web_dir else {
        return HttpResponse::NotFound().finish();
    };
    let asked = plain(request.path());
    let asset = asked.filter(|path| path.extension().is_some());
    let (path, cache) = match &asset {
        Some(path) => (folder.join(path), "public, max-age=31536000, immutable"),
        None => (folder.join("index.html"), "no-cache"),
    };
    let accepted = request
        .headers()
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        if accepted.contains(encoding)
            && let Some(content) = read(&with_suffix(&path, suffix)).await
        {
            return answer(&path, cache, content, Some(encoding));
        }
    }
    match read(&path).await {
        Some(content) => answer(&path, cache, content, None),
        None => HttpResponse::NotFound().finish(),
    }
}

fn answer(path: &Path, cache: &str, content: Vec<u8>, encoding: Option<&'static str>) -> HttpResponse {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = HttpResponse::Ok();
    response
        .content_type(kind.as_ref())
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((VARY, "Accept-Encoding"));
    if let Some(encoding) = encoding {
        response.insert_header((CONTENT_ENCODING, encoding));
    }
    response.body(content)
}

async fn read(path: &Path) -> Option<Vec<u8>> {
    tokio::fs::read(path).await.ok()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The path below the folder, if it is made of plain names only.
fn plain(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(path.trim_start_matches('/'));
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    plain.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_reach_the_folder() {
        assert_eq!(plain("/app-1.js"), Some(PathBuf::from("app-1.js")));
        assert_eq!(plain("/../secret.txt"), None);
        assert_eq!(plain("/a/../../secret.txt"), None);
    }
}
