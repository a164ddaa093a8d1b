//! Tables: sortable heads, figures at the right, and the choice of columns.

use crate::format;
use leptos::prelude::*;

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Head.
    pub label: &'static str,
    sort: &'static str,
    number: bool,
}

impl Column {
    /// A column of text.
    pub const fn new(label: &'static str) -> Self {
        Self {
            label,
            sort: "",
            number: false,
        }
    }

    /// Can be sorted by this field.
    pub const fn sort(mut self, field: &'static str) -> Self {
        self.sort = field;
        self
    }

    /// Holds figures: aligned to the right.
    pub const fn number(mut self) -> Self {
        self.number = true;
        self
    }
}

/// A table without sorting and paging.
pub fn table(name: &'static str, columns: &[Column], rows: Vec<Vec<AnyView>>) -> AnyView {
    draw(columns, rows, name, "", None)
}

/// The table; `sort` is asked when a head is chosen.
pub fn draw(
    columns: &[Column],
    rows: Vec<Vec<AnyView>>,
    name: &'static str,
    sorted: &str,
    sort: Option<Callback<&'static str>>,
) -> AnyView {
    let heads = columns
        .iter()
        .map(|column| column_head(*column, sorted, sort))
        .collect::<Vec<_>>();
    let numbers: Vec<bool> = columns.iter().map(|column| column.number).collect();
    let rows = rows
        .into_iter()
        .map(|cells| draw_row(cells, &numbers))
        .collect::<Vec<_>>();
    view! {
        <div class="table" tabindex="0" role="region" aria-label=format::words(name)>
            <table>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn draw_row(cells: Vec<AnyView>, numbers: &[bool]) -> AnyView {
    let cells = cells
        .into_iter()
        .enumerate()
        .map(|(index, cell)| {
            if index == 0 {
                return view! { <th scope="row">{cell}</th> }.into_any();
            }
            let class = numbers.get(index).copied().unwrap_or(false).then_some("number");
            view! { <td class=class>{cell}</td> }.into_any()
        })
        .collect::<Vec<_>>();
    view! { <tr>{cells}</tr> }.into_any()
}

fn column_head(column: Column, sorted: &str, sort: Option<Callback<&'static str>>) -> AnyView {
    let class = column.number.then_some("number");
    let (Some(sort), false) = (sort, column.sort.is_empty()) else {
        return view! { <th scope="col" class=class>{column.label}</th> }.into_any();
    };
    let (order, mark) = if sorted == column.sort {
        ("ascending", " ▲")
    } else if sorted.strip_prefix('-') == Some(column.sort) {
        ("descending", " ▼")
    } else {
        ("none", "")
    };
    view! {
        <th scope="col" class=class aria-sort=order>
            <button type="button" class="sort" on:click=move |_| sort.run(column.sort)>
                {column.label}
                <span aria-hidden="true">{mark}</span>
            </button>
        </th>
    }
    .into_any()
}
