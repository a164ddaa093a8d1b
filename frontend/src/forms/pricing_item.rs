//! Add or edit the price of a meter or of one SKU of it (P-20 to P-24, P-50).

use crate::api::{self, ApiError};
use crate::forms::entity::group;
use crate::pages::common::{given, held, optional};
use crate::ui::{Field, Form, Input, Look, button, field, form, options, remote_options};
use api_types::pricing::{ItemCreditView, PricingItemInput, PricingItemView, TierView};
use leptos::prelude::*;
use uuid::Uuid;

/// The texts of one tier.
#[derive(Clone, Copy)]
struct TierDraft {
    from: RwSignal<String>,
    to: RwSignal<String>,
    rate: RwSignal<String>,
}

/// The texts being edited.
#[derive(Clone, Copy)]
struct Draft {
    meter: RwSignal<String>,
    sku: RwSignal<String>,
    rate: RwSignal<String>,
    period: RwSignal<String>,
    unit: RwSignal<String>,
    divisor: RwSignal<String>,
    description: RwSignal<String>,
    mode: RwSignal<String>,
    tiers: RwSignal<Vec<TierDraft>>,
    free: RwSignal<String>,
    percent: RwSignal<String>,
    amount: RwSignal<String>,
}

impl Draft {
    fn of(item: Option<&PricingItemView>) -> Self {
        let own =
            |pick: fn(&PricingItemView) -> String, default: &str| held(item.map_or_else(|| default.to_owned(), pick));
        let credit = |kind: &str| {
            let credit = item.and_then(|item| item.credits.iter().find(|credit| credit.kind == kind));
            held(credit.map(|credit| credit.value.clone()).unwrap_or_default())
        };
        let tiers = item
            .map(|item| item.tiers.iter().map(tier).collect())
            .unwrap_or_default();
        Self {
            meter: own(|item| item.meter_id.clone(), ""),
            sku: own(|item| item.sku.clone(), ""),
            rate: own(|item| item.rate.clone(), ""),
            period: own(|item| item.rate_period.clone(), "unit"),
            unit: own(|item| item.unit.clone(), ""),
            divisor: own(|item| item.unit_divisor.to_string(), "1"),
            description: own(|item| item.description.clone(), ""),
            mode: own(|item| item.tier_mode.clone(), "graduated"),
            tiers: RwSignal::new(tiers),
            free: credit("quantity"),
            percent: credit("percent"),
            amount: credit("amount"),
        }
    }

    fn input(self) -> Result<PricingItemInput, ApiError> {
        let divisor = given(self.divisor);
        let unit_divisor = divisor
            .parse()
            .map_err(|_| ApiError::field("/unit_divisor", "Enter a whole number of at least 1."))?;
        let tiers = self.tiers.get_untracked().into_iter().map(|tier| TierView {
            from_quantity: given(tier.from),
            to_quantity: optional(tier.to),
            rate: given(tier.rate),
        });
        let credits = [
            ("quantity", self.free),
            ("percent", self.percent),
            ("amount", self.amount),
        ];
        let credits = credits.into_iter().filter_map(|(kind, value)| {
            Some(ItemCreditView {
                kind: kind.to_owned(),
                value: optional(value)?,
            })
        });
        Ok(PricingItemInput {
            meter_id: given(self.meter),
            sku: optional(self.sku),
            rate: given(self.rate),
            rate_period: optional(self.period),
            unit: optional(self.unit),
            unit_divisor: Some(unit_divisor),
            description: optional(self.description),
            tier_mode: optional(self.mode),
            tiers: Some(tiers.collect()),
            credits: Some(credits.collect()),
        })
    }
}

fn tier(view: &TierView) -> TierDraft {
    TierDraft {
        from: held(&*view.from_quantity),
        to: held(view.to_quantity.as_deref().unwrap_or_default()),
        rate: held(&*view.rate),
    }
}

/// The form inside its dialog.
pub fn item_form(
    list: Uuid,
    etag: String,
    item: Option<&PricingItemView>,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> AnyView {
    let frame = Form::new("item");
    let draft = Draft::of(item);
    let edited = item.map(|item| item.id);
    let groups = vec![
        group("Price", price(frame, draft)),
        group("Tiered Thresholds", tiers(frame, draft)),
        group("Credits", credits(frame, draft)),
    ];
    let cancel = button("Cancel", Look::Plain, move || open.set(false));
    form(frame, "Save", groups, vec![cancel], move || {
        let etag = etag.clone();
        let call = async move {
            let body = draft.input()?;
            let items = format!("/price-lists/{list}/items");
            match edited {
                // An item has no version of its own; the list's stands for its draft.
                Some(id) => api::put::<_, PricingItemView>(&format!("{items}/{id}"), &etag, &body).await,
                None => api::post::<_, PricingItemView>(&items, &body).await,
            }
        };
        frame.run(call, move |_| done.run(()));
    })
}

fn price(frame: Form, draft: Draft) -> Vec<AnyView> {
    let meters = remote_options(|| "/meters?limit=200".to_owned(), "Select …");
    let periods = options(&[("unit", "Unit"), ("month", "Month")]);
    vec![
        field(
            frame,
            Field::new("Meter", "/meter_id").required().input(Input::Select(meters)),
            draft.meter,
        ),
        field(
            frame,
            Field::new("SKU", "/sku").help("Empty: every SKU of the meter."),
            draft.sku,
        ),
        field(
            frame,
            Field::new("Rate", "/rate")
                .required()
                .help("In the currency of the list, at most ten decimals."),
            draft.rate,
        ),
        field(
            frame,
            Field::new("Per", "/rate_period")
                .required()
                .input(periods)
                .help("Month: the rate of one unit that runs a whole month."),
            draft.period,
        ),
        field(
            frame,
            Field::new("Unit", "/unit").help("Text beside the rate; empty: the meter's unit."),
            draft.unit,
        ),
        field(
            frame,
            Field::new("Meter units in one priced unit", "/unit_divisor")
                .of("number")
                .required(),
            draft.divisor,
        ),
        field(frame, Field::new("Description", "/description"), draft.description),
    ]
}

fn tiers(frame: Form, draft: Draft) -> Vec<AnyView> {
    let modes = options(&[
        ("graduated", "Graduated: slice by slice"),
        ("volume", "Volume: all at the reached tier"),
    ]);
    let rows = move || {
        let tiers = draft.tiers.get();
        tiers
            .into_iter()
            .enumerate()
            .map(|(index, tier)| tier_row(frame, draft, index, tier))
            .collect::<Vec<_>>()
    };
    let add = button("Add Tiered Threshold", Look::Plain, move || {
        draft.tiers.update(|tiers| {
            let from = tiers.last().map_or_else(|| "0".to_owned(), |last| given(last.to));
            tiers.push(TierDraft {
                from: held(from),
                to: held(""),
                rate: held(""),
            });
        });
    });
    vec![
        field(
            frame,
            Field::new("Mode", "/tier_mode").required().input(modes),
            draft.mode,
        ),
        rows.into_any(),
        view! { <div>{add}</div> }.into_any(),
    ]
}

fn tier_row(frame: Form, draft: Draft, index: usize, tier: TierDraft) -> AnyView {
    let at = |name: &str| format!("/tiers/{index}/{name}");
    let number = index + 1;
    let label = format!("Remove tier {number}");
    let remove = move |_| {
        draft.tiers.update(|tiers| {
            if index < tiers.len() {
                tiers.remove(index);
            }
        });
    };
    view! {
        <fieldset class="tier">
            <legend>{format!("Tier {number}")}</legend>
            {field(frame, Field::new("From Quantity", &at("from_quantity")).required(), tier.from)}
            {field(frame, Field::new("To Quantity", &at("to_quantity")).help("Exclusive; empty: no end."), tier.to)}
            {field(frame, Field::new("Rate", &at("rate")).required(), tier.rate)}
            <button type="button" class=Look::Quiet.class() aria-label=label on:click=remove>"Remove"</button>
        </fieldset>
    }
    .into_any()
}

fn credits(frame: Form, draft: Draft) -> Vec<AnyView> {
    vec![
        field(
            frame,
            Field::new("Free Quantity", "/credits/quantity").help("Priced units of each month that cost nothing."),
            draft.free,
        ),
        field(
            frame,
            Field::new("Discount", "/credits/percent").unit("%"),
            draft.percent,
        ),
        field(
            frame,
            Field::new("Credit Amount", "/credits/amount").help("Taken off the amount of each month."),
            draft.amount,
        ),
    ]
}
