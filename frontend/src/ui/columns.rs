//! Which columns of a list are shown; kept in the browser for each list.

use super::table::Column;
use leptos::html;
use leptos::prelude::*;

/// The columns of a list and which of them are hidden.
#[derive(Clone, Copy)]
pub struct Shown {
    all: StoredValue<Vec<Column>>,
    key: StoredValue<String>,
    hidden: RwSignal<Vec<String>>,
}

impl Shown {
    /// Reads the choice made before for the list at this address.
    pub fn of(address: &str, columns: &[Column]) -> Self {
        let key = format!("cms-columns{}", address.replace('/', "-"));
        let stored = storage().and_then(|storage| storage.get_item(&key).ok().flatten());
        Self {
            all: StoredValue::new(columns.to_vec()),
            key: StoredValue::new(key),
            hidden: RwSignal::new(read(&stored.unwrap_or_default())),
        }
    }

    /// The first column names the row and always stays.
    fn shows(index: usize, label: &str, hidden: &[String]) -> bool {
        index == 0 || !hidden.iter().any(|known| known == label)
    }

    /// The shown columns.
    pub fn columns(self) -> Vec<Column> {
        let hidden = self.hidden.get();
        let all = self.all.get_value();
        let shown = all
            .into_iter()
            .enumerate()
            .filter(|(index, column)| Self::shows(*index, column.label, &hidden));
        shown.map(|(_, column)| column).collect()
    }

    /// The cells of the shown columns.
    pub fn cells(self, cells: Vec<AnyView>) -> Vec<AnyView> {
        let hidden = self.hidden.get();
        let all = self.all.get_value();
        let shown = cells.into_iter().enumerate().filter(|(index, _)| {
            all.get(*index)
                .is_none_or(|column| Self::shows(*index, column.label, &hidden))
        });
        shown.map(|(_, cell)| cell).collect()
    }

    fn turn(self, label: &'static str, on: bool) {
        self.hidden.update(|hidden| {
            hidden.retain(|known| known != label);
            if !on {
                hidden.push(label.to_owned());
            }
        });
        if let Some(storage) = storage() {
            // A browser that stores nothing shows every column the next time.
            let _ = storage.set_item(&self.key.get_value(), &self.hidden.get_untracked().join("\n"));
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn read(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The menu of columns.
pub fn chooser(shown: Shown) -> AnyView {
    let node = NodeRef::<html::Details>::new();
    let count = shown.all.with_value(Vec::len);
    let label = move || format!("Columns {} of {count}", shown.columns().len());
    // The boxes exist only while the menu is open, so that they do not get in the way of a page's own fields.
    let open = RwSignal::new(false);
    let boxes = move || open.get().then(|| boxes(shown));
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape"
            && let Some(details) = node.get_untracked()
        {
            details.set_open(false);
        }
    };
    view! {
        <details
            class="chooser"
            node_ref=node
            on:keydown=key
            on:toggle=move |_| open.set(node.get_untracked().is_some_and(|details| details.open()))
        >
            <summary>{label}</summary>
            <div class="chooser-list">{boxes}</div>
        </details>
    }
    .into_any()
}

fn boxes(shown: Shown) -> Vec<AnyView> {
    let all = shown.all.get_value();
    all.into_iter()
        .enumerate()
        .filter(|(_, column)| !column.label.is_empty())
        .map(|(index, column)| {
            let label = column.label;
            view! {
                <label class="choice">
                    <input
                        type="checkbox"
                        disabled=index == 0
                        prop:checked=move || shown.hidden.with(|hidden| Shown::shows(index, label, hidden))
                        on:change=move |event| shown.turn(label, event_target_checked(&event))
                    />
                    {label}
                </label>
            }
            .into_any()
        })
        .collect::<Vec<_>>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_column_cannot_be_hidden() {
        let hidden = read("Name\nState\n");
        assert!(Shown::shows(0, "Name", &hidden));
        assert!(!Shown::shows(1, "State", &hidden));
        assert!(Shown::shows(2, "Total", &hidden));
    }
}
