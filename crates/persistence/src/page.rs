//! Pages by key: a list asks for `limit` items after a cursor and learns whether there are more (G-11).

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
    pub fn from_rows(
        mut rows: Vec<T>,
        limit: u64,
        total: Option<u64>,
        key: impl Fn(&T) -> Vec<String>,
    ) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extra_row_only_tells_that_there_are_more() {
        let page = PageOf::from_rows(vec![1, 2, 3], 2, None, |n| vec![n.to_string()]);
        assert_eq!(
            (page.items, page.next),
            (vec![1, 2], Some(vec!["2".to_owned()]))
        );
        let last = PageOf::from_rows(vec![3], 2, None, |n: &i32| vec![n.to_string()]);
        assert_eq!(last.next, None);
    }
}
