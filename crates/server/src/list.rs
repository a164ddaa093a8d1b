//! Parameters of lists and their cursors (G-11).
//!
//! A cursor is the key of the last item with a keyed hash: it says nothing a reader does not know, and one that was
//! made elsewhere is refused before it reaches a query (T-02, T-22).

use actix_web::HttpRequest;
use api_types::Page;
use app::App;
use app::page::{PageOf, PageRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::ApiError;

/// Length of the keyed hash at the start of a cursor.
const MAC_BYTES: usize = 16;

/// Parameters every list takes.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Number of items, 1 to 200; 50 when left out.
    #[param(example = 50, minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Column to sort by; a minus before it sorts downwards.
    #[param(example = "name")]
    pub sort: Option<String>,
    /// Text to search for in names.
    pub search: Option<String>,
}

impl ListQuery {
    /// The request for storage; `sorts` are the columns this list knows, the first is the default.
    ///
    /// # Errors
    /// 400 for a limit out of bounds, an unknown column or a cursor that is not ours.
    pub fn page(&self, app: &App, sorts: &[&str]) -> Result<PageRequest, ApiError> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            return Err(ApiError::malformed("limit_invalid", "limit is a number from 1 to 200."));
        }
        let asked = self.sort.as_deref().unwrap_or_default();
        let (descending, name) = asked.strip_prefix('-').map_or((false, asked), |name| (true, name));
        let sort = match name {
            "" => sorts.first().copied().unwrap_or("name"),
            known if sorts.contains(&known) => known,
            _ => {
                return Err(ApiError::malformed(
                    "sort_invalid",
                    format!("sort is one of: {}.", sorts.join(", ")),
                ));
            }
        };
        let search = self.search.clone().unwrap_or_default();
        if search.chars().count() > 200 {
            return Err(ApiError::malformed(
                "search_too_long",
                "search takes at most 200 characters.",
            ));
        }
        let after = self
            .cursor
            .as_deref()
            .map(|cursor| read_cursor(app, cursor))
            .transpose()?;
        Ok(PageRequest {
            limit,
            after,
            sort: sort.to_owned(),
            descending,
            search: search.trim().to_owned(),
        })
    }
}

/// The wire form of a page.
pub fn wire<T, U>(app: &App, page: PageOf<T>, view: impl FnMut(T) -> U) -> Page<U> {
    let next_cursor = page.next.as_deref().map(|key| write_cursor(app, key));
    Page {
        total: page.total,
        next_cursor,
        items: page.items.into_iter().map(view).collect(),
    }
}

fn write_cursor(app: &App, key: &[String]) -> String {
    let text = serde_json::to_vec(key).unwrap_or_default();
    let mac = app.vault().keyed("cursor", &text);
    let mac = mac.get(..MAC_BYTES).unwrap_or_default();
    URL_SAFE_NO_PAD.encode([mac, &text].concat())
}

fn read_cursor(app: &App, cursor: &str) -> Result<Vec<String>, ApiError> {
    let wrong = || ApiError::malformed("cursor_invalid", "cursor is the next_cursor of the page before.");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let (mac, text) = bytes.split_at_checked(MAC_BYTES).ok_or_else(wrong)?;
    let expected = app.vault().keyed("cursor", text);
    if Some(mac) != expected.get(..MAC_BYTES) {
        return Err(wrong());
    }
    serde_json::from_slice(text).map_err(|_| wrong())
}

/// A parameter that holds an id; anything else names nothing visible (check 4 of PM-6).
///
/// # Errors
/// 422 `unknown_reference`.
pub fn id_parameter<T: From<uuid::Uuid>>(text: Option<&str>, name: &str) -> Result<Option<T>, ApiError> {
    text.filter(|text| !text.is_empty())
        .map(|text| {
            uuid::Uuid::parse_str(text)
                .map(T::from)
                .map_err(|_| app::Invalid::unknown_reference(name).into())
        })
        .transpose()
}

/// An id in the path; anything that is not an id is as unknown as a missing one.
///
/// # Errors
/// 404 `not_found`.
pub fn path_id<T: From<uuid::Uuid>>(request: &HttpRequest, name: &str) -> Result<T, ApiError> {
    let text = request.match_info().get(name).unwrap_or_default();
    uuid::Uuid::parse_str(text)
        .map(T::from)
        .map_err(|_| app::Error::NotFound.into())
}
