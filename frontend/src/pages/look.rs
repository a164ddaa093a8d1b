//! The look of invoices as it is being chosen: a small page drawn beside the settings, before anything is saved (ST-26).

use crate::ui::{note, section};
use api_types::colour::readable;
use api_types::setting::SettingView;
use leptos::prelude::*;

/// A setting and its text in the form.
type Held = (SettingView, RwSignal<String>);

/// What the drawing shows.
#[derive(Clone, Copy)]
struct Look {
    header: [Signal<String>; 2],
    body: [Signal<String>; 2],
    footer: [Signal<String>; 2],
    grouping: [Signal<String>; 2],
    seller: Signal<String>,
    logo: Signal<String>,
    payment: Signal<String>,
}

impl Look {
    fn of(held: &[Held]) -> Self {
        let of = |key: &str| {
            let key = format!("invoices.{key}");
            let found = held.iter().find(|(setting, _)| setting.key == key);
            found.map_or_else(|| Signal::stored(String::new()), |(_, value)| (*value).into())
        };
        let pair = |part: &str| {
            [
                of(&format!("{part}_background_colour")),
                of(&format!("{part}_font_colour")),
            ]
        };
        Self {
            header: pair("header"),
            body: pair("body"),
            footer: pair("footer"),
            grouping: pair("grouping"),
            seller: of("seller_name"),
            logo: of("header_logo"),
            payment: of("payment_details"),
        }
    }
}

/// The preview; it follows every change of the form.
pub fn preview(held: &[Held]) -> AnyView {
    let look = Look::of(held);
    section(
        "Preview",
        view! { <p class="muted">"Invented lines with the look chosen above, before it is saved."</p> {low_contrast(look)} {drawing(look)} }
            .into_any(),
    )
}

/// Pairs that are hard to read (ST-25); they can be saved all the same.
fn low_contrast(look: Look) -> AnyView {
    let pairs = [
        ("Header", look.header),
        ("Body", look.body),
        ("Footer", look.footer),
        ("Grouping", look.grouping),
    ];
    (move || {
        let poor: Vec<&str> = pairs
            .iter()
            .filter(|(_, [background, font])| !readable(&background.get(), &font.get()))
            .map(|(name, _)| *name)
            .collect();
        let sentence = format!(
            "{}: the contrast of font and background is below 4.5:1. Choose colours further apart.",
            poor.join(", ")
        );
        (!poor.is_empty()).then(|| note("warn", sentence))
    })
    .into_any()
}

fn drawing(look: Look) -> AnyView {
    let ([header, on_header], [body, on_body]) = (look.header, look.body);
    let ([footer, on_footer], [grouping, on_grouping]) = (look.footer, look.grouping);
    let payment = move || {
        look.payment.with(|text| {
            let lines = ["306", "320", "334", "348"].into_iter().zip(text.lines());
            lines
                .map(|(y, line)| view! { <text x="20" y=y font-size="9">{line.to_owned()}</text> }.into_any())
                .collect::<Vec<_>>()
        })
    };
    view! {
        <svg class="look" viewBox="0 0 420 360" role="img" aria-label="Invoice with the chosen colours, logo and texts">
            <rect width="420" height="84" fill=move || header.get()></rect>
            <rect y="84" width="420" height="206" fill=move || body.get()></rect>
            <rect y="290" width="420" height="70" fill=move || footer.get()></rect>
            <rect x="20" y="150" width="380" height="20" fill=move || grouping.get()></rect>
            {move || brand(&look.logo.get(), &look.seller.get(), on_header)}
            <g fill=move || on_header.get()>
                <text x="280" y="36" font-size="16" font-weight="600">"Invoice"</text>
                <text x="280" y="54" font-size="9">"INV-000001"</text>
                <text x="280" y="68" font-size="9">"Due in 30 days"</text>
            </g>
            <g fill=move || on_body.get() font-size="9">
                <text x="20" y="112" font-weight="600">"Harbour Example"</text>
                <text x="20" y="126">"1 Invented Street, Hamburg"</text>
                {sample(190, "Virtual machines, 4 cores", "312.40")}
                {sample(208, "Managed disks, 512 GiB", "41.10")}
                {sample(226, "Public IP addresses", "7.30")}
                <text x="20" y="268" font-weight="600">"Total"</text>
                <text x="400" y="268" text-anchor="end" font-weight="600">"360.80"</text>
            </g>
            <text x="26" y="164" font-size="9" font-weight="600" fill=move || on_grouping.get()>"Subscription Alpha"</text>
            <g fill=move || on_footer.get()>{payment}</g>
        </svg>
    }
    .into_any()
}

fn sample(y: i32, name: &'static str, amount: &'static str) -> AnyView {
    view! {
        <text x="26" y=y.to_string()>{name}</text>
        <text x="400" y=y.to_string() text-anchor="end">{amount}</text>
    }
    .into_any()
}

/// The logo that was just chosen, or the seller's name where it will be.
fn brand(logo: &str, seller: &str, colour: Signal<String>) -> AnyView {
    if logo.starts_with("data:image/") {
        return view! { <image href=logo.to_owned() x="20" y="20" width="132" height="44" preserveAspectRatio="xMinYMid meet"></image> }
            .into_any();
    }
    let name = if seller.is_empty() { "Seller name" } else { seller }.to_owned();
    view! { <text x="20" y="48" font-size="16" font-weight="600" fill=move || colour.get()>{name}</text> }.into_any()
}
