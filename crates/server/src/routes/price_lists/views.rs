//! Wire types of price lists from what the use cases answer.

use api_types::pricing as wire;
use app::pricing::{
    CreditInput, ItemDetails, ItemInput, NewPriceList, PriceListDetails, Published, TierInput, VersionDetails,
};

use crate::etag::etag;
use crate::routes::views::reference;

/// A price list.
pub fn price_list(details: PriceListDetails) -> wire::PriceListView {
    let row = details.row;
    wire::PriceListView {
        id: row.id.uuid(),
        display_name: row.display_name,
        description: row.description,
        scope_kind: row.target.kind().to_owned(),
        target: reference(row.target.uuid(), row.target_name),
        currency: row.currency,
        versions: details.versions.into_iter().map(version).collect(),
        etag: etag(row.version),
    }
}

/// A version.
pub fn version(details: VersionDetails) -> wire::PriceListVersionView {
    let row = details.row;
    wire::PriceListVersionView {
        id: row.id.uuid(),
        state: if row.is_draft() { "draft" } else { "published" }.to_owned(),
        effective_from: row.effective_from.map(|month| month.to_string()),
        in_force: details.in_force,
        item_count: row.item_count,
        items: details.items.into_iter().map(item).collect(),
    }
}

/// A published version.
pub fn published(published: Published) -> wire::Published {
    wire::Published {
        version: version(published.version),
        warnings: published.warnings.into_iter().map(str::to_owned).collect(),
    }
}

/// An item.
pub fn item(details: ItemDetails) -> wire::PricingItemView {
    let row = details.row;
    wire::PricingItemView {
        id: row.id.uuid(),
        meter_id: row.meter_id,
        meter_name: details.meter_name,
        sku: row.sku,
        rate: row.rate,
        rate_period: row.rate_period,
        unit: row.unit,
        unit_divisor: row.unit_divisor,
        description: row.description,
        tier_mode: row.tier_mode,
        tiers: row
            .tiers
            .into_iter()
            .map(|tier| wire::TierView {
                from_quantity: tier.from_quantity,
                to_quantity: tier.to_quantity,
                rate: tier.rate,
            })
            .collect(),
        credits: row
            .credits
            .into_iter()
            .map(|credit| wire::ItemCreditView {
                kind: credit.kind,
                value: credit.value,
            })
            .collect(),
    }
}

/// A price list as entered.
pub fn price_list_input(body: wire::PriceListInput) -> NewPriceList {
    NewPriceList {
        display_name: body.display_name,
        description: body.description,
        scope_kind: body.scope_kind,
        target_id: body.target_id,
        currency: body.currency,
    }
}

/// An item as entered.
pub fn item_input(body: wire::PricingItemInput) -> ItemInput {
    let tier = |tier: wire::TierView| TierInput {
        from_quantity: tier.from_quantity,
        to_quantity: tier.to_quantity,
        rate: tier.rate,
    };
    ItemInput {
        meter_id: body.meter_id,
        sku: body.sku,
        rate: body.rate,
        rate_period: body.rate_period,
        unit: body.unit,
        unit_divisor: body.unit_divisor,
        description: body.description,
        tier_mode: body.tier_mode,
        tiers: body.tiers.unwrap_or_default().into_iter().map(tier).collect(),
        credits: body
            .credits
            .unwrap_or_default()
            .into_iter()
            .map(|credit| CreditInput {
                kind: credit.kind,
                value: credit.value,
            })
            .collect(),
    }
}
