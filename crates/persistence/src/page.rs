//! Pages by key: a list asks for `limit` items after a cursor and learns whether there are more (G-11).

use sea_orm::sea_query::{Cond, Expr, ExprTrait, Order, Value};
use uuid::Uuid;

/// What a list asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Number of items, 1 to 200.
    pub limit: u64,
    /// Sort key and id of the last item of the page before, as the list wrote them.
    pub after: Option<Vec<String>>,
    /// Column to sort by; each list knows its own names and refuses others above storage.
    pub sort: String,
    /// Whether to sort downwards.
    pub descending: bool,
    /// Text to search for; empty: none.
    pub search: String,
}

impl PageRequest {
    /// The first `limit` items sorted by `sort`.
    pub fn first(limit: u64, sort: &str) -> Self {
        Self {
            limit,
            after: None,
            sort: sort.to_owned(),
            descending: false,
            search: String::new(),
        }
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOf<T> {
    /// Items.
    pub items: Vec<T>,
    /// Where the next page starts; none on the last one.
    pub next: Option<Vec<String>>,
    /// Number of items over all pages.
    pub total: Option<u64>,
}

impl<T> PageOf<T> {
    /// A page from one item more than asked for: the extra one only tells that there are more.
    pub fn from_rows(mut rows: Vec<T>, limit: u64, total: Option<u64>, key: impl Fn(&T) -> Vec<String>) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(&key) } else { None };
        Self {
            items: rows,
            next,
            total,
        }
    }

    /// The same page of other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> PageOf<U> {
        PageOf {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
            total: self.total,
        }
    }
}

/// How the value of a sort column is written in a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortKind {
    /// Text.
    Text,
    /// BIGINT.
    Integer,
}

/// A column to sort by, with the id that makes the order total.
pub(crate) struct SortBy {
    /// Column.
    pub column: Expr,
    /// Its kind.
    pub kind: SortKind,
    /// The id column.
    pub id: Expr,
}

impl SortBy {
    /// The condition for items after the cursor; everything when there is none. A cursor of another form matches
    /// nothing: cursors are authenticated above, so only a defect makes one.
    pub(crate) fn after(&self, page: &PageRequest) -> Cond {
        let Some(after) = &page.after else {
            return Cond::all();
        };
        let parts = match after.as_slice() {
            [value, id] => Uuid::parse_str(id).ok().and_then(|id| Some((self.value(value)?, id))),
            _ => None,
        };
        let Some((value, id)) = parts else {
            return Cond::all().add(Expr::val(1).eq(0));
        };
        let (beyond, tie) = if page.descending {
            (self.column.clone().lt(value.clone()), self.id.clone().lt(id))
        } else {
            (self.column.clone().gt(value.clone()), self.id.clone().gt(id))
        };
        Cond::any()
            .add(beyond)
            .add(Cond::all().add(self.column.clone().eq(value)).add(tie))
    }

    /// The direction of the list.
    pub(crate) fn order(page: &PageRequest) -> Order {
        if page.descending { Order::Desc } else { Order::Asc }
    }

    fn value(&self, text: &str) -> Option<Value> {
        match self.kind {
            SortKind::Text => Some(Value::from(text)),
            SortKind::Integer => text.parse::<i64>().ok().map(Value::from),
        }
    }
}

/// Pattern for a search inside text; `\\` escapes the wild cards (use with `LikeExpr::escape`).
pub(crate) fn contains(search: &str) -> String {
    let escaped = search
        .to_lowercase()
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extra_row_only_tells_that_there_are_more() {
        let page = PageOf::from_rows(vec![1, 2, 3], 2, None, |n| vec![n.to_string()]);
        assert_eq!((page.items, page.next), (vec![1, 2], Some(vec!["2".to_owned()])));
        let last = PageOf::from_rows(vec![3], 2, None, |n: &i32| vec![n.to_string()]);
        assert_eq!(last.next, None);
    }
}
