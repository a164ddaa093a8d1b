//! The figures of `docs/from-usage-to-invoice-and-commission.md`, read from the page and computed by the engines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "test code"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use commission::{
    CommissionDocument, CommissionSchedule, CommissionTier, DocumentKind, DocumentStatus, StatementLedger, TierPeriod,
};
use domain::currency::Currency;
use domain::decimal::{ExchangeRate, Percentage, PlainAmount, Quantity, Rate};
use domain::exact::Exact;
use domain::money::Money;
use domain::natural_key::{NaturalKey, ReceivedRow, normalise};
use domain::period::Period;
use pricing::{
    AppliedRate, Conversion, CreditTarget, CreditableLine, DocumentCredit, DocumentCreditKind, Explanation,
    HoursDivisor, ItemCreditKind, ItemCredits, LineKey, PricedBy, PricingItem, PricingItemInput, RatePeriod, Rated,
    RatingContext, Tier, TierMode, UnitKind, UsageTotals, apply_credits, late_difference, rate, tax,
};

const PAGE: &str = include_str!("../../../docs/from-usage-to-invoice-and-commission.md");

/// The page's figures by name, and which of them have been used.
struct Page {
    figures: BTreeMap<String, String>,
    used: BTreeSet<String>,
}

impl Page {
    fn read() -> Self {
        let rows = PAGE.lines().filter_map(|line| line.strip_prefix("| `"));
        let figures = rows.map(|row| {
            let (name, rest) = row.split_once("` | ").unwrap();
            (name.to_owned(), rest.split_once(" |").unwrap().0.to_owned())
        });
        let page = Self {
            figures: figures.collect(),
            used: BTreeSet::new(),
        };
        assert_eq!(
            page.figures.len(),
            PAGE.matches("\n| `").count(),
            "a figure stands twice"
        );
        page
    }

    /// An input.
    fn take(&mut self, name: &str) -> String {
        self.used.insert(name.to_owned());
        self.figures.get(name).expect(name).clone()
    }

    /// A result.
    fn check<T: ToString + ?Sized>(&mut self, name: &str, computed: &T) {
        assert_eq!(self.take(name), computed.to_string(), "{name}");
    }

    fn exact(&mut self, name: &str, computed: &Exact) {
        self.check(name, &computed.decimal_text(10).expect("a finite decimal"));
    }

    fn money(&mut self, name: &str, currency: Currency) -> Money {
        Money::parse(&self.take(name), currency).unwrap()
    }

    fn percentage(&mut self, name: &str) -> Percentage {
        Percentage::parse(&self.take(name)).unwrap()
    }
}

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

fn row(page: &mut Page) -> (NaturalKey, Quantity) {
    let json = PAGE.split_once("```json\n").unwrap().1.split_once("```").unwrap().0;
    let row: BTreeMap<String, String> = serde_json::from_str(json).unwrap();
    let received = ReceivedRow {
        platform_subscription_id: &row["platform_subscription_id"],
        meter_id: &row["meter_id"],
        usage_start: &row["usage_start"],
        usage_end: &row["usage_end"],
        resource_uri: &row["resource_uri"],
        sku: &row["sku"],
        quantity: &row["quantity"],
    };
    let reported = page.take("reported_date").parse().unwrap();
    let (key, quantity) = normalise("r1", reported, &received).unwrap();
    page.check("meter_id", &key.meter_id);
    page.check("resource_uri", &key.resource_uri);
    page.check("row_quantity", &quantity);
    (key, quantity)
}

fn item(page: &mut Page, key: &NaturalKey) -> PricingItem {
    let credits = [
        (ItemCreditKind::Quantity, page.take("quantity_credit")),
        (ItemCreditKind::Percent, page.take("percent_credit")),
        (ItemCreditKind::Amount, page.take("amount_credit")),
    ];
    PricingItem::new(PricingItemInput {
        item_id: "item".to_owned(),
        meter_id: key.meter_id.clone(),
        sku: key.sku.clone(),
        rate: Rate::parse(&page.take("base_rate")).unwrap(),
        rate_period: RatePeriod::Month,
        unit_kind: UnitKind::Hour,
        unit: "hour".to_owned(),
        meter_unit: "hour".to_owned(),
        unit_divisor: 1,
        description: String::new(),
        tier_mode: TierMode::Graduated,
        tiers: vec![Tier {
            from_quantity: Quantity::parse(&page.take("tier_from")).unwrap(),
            to_quantity: None,
            rate: Rate::parse(&page.take("tier_rate")).unwrap(),
        }],
        credits: ItemCredits::parse(credits.iter().map(|(kind, text)| (*kind, text.as_str()))).unwrap(),
    })
    .unwrap()
}

fn context(page: &mut Page, period: Period) -> RatingContext {
    let hours_divisor = HoursDivisor::of(period, true, NonZeroU32::new(730).unwrap());
    page.check("hours_divisor", &hours_divisor.hours());
    let mut applied = |code, name| AppliedRate {
        rate: ExchangeRate::parse(&page.take(name)).unwrap(),
        ..AppliedRate::platform(currency(code))
    };
    RatingContext {
        currency: currency("EUR"),
        hours_divisor,
        conversion: Some(Conversion {
            from: applied("EUR", "rate_of_eur"),
            to: applied("CHF", "rate_of_chf"),
        }),
    }
}

/// Sums the rows of the month and rates the sum.
fn line(page: &mut Page, quantity: Quantity, item: &PricingItem, context: &RatingContext) -> Rated {
    let mut totals = UsageTotals::new();
    let key = LineKey {
        subscription: 0,
        meter: 0,
        sku: 0,
    };
    for _ in 0..page.take("rows").parse().unwrap() {
        totals.add(key, quantity).unwrap();
    }
    let priced = PricedBy {
        item_index: 0,
        item,
        context,
    };
    let rated = totals.rate_lines(|_| Some(priced)).unwrap().rated.remove(0).rated;
    page.check("quantity", &rated.charge.quantity);
    page.exact("chargeable_quantity", &rated.charge.chargeable_quantity);
    page.exact("slice_at_base_rate", &rated.charge.slices[0].1);
    page.exact("slice_at_tier_rate", &rated.charge.slices[1].1);
    page.exact("gross", &rated.charge.gross_amount);
    page.exact("percent_credit_taken", &rated.charge.percent_credit_amount);
    page.exact("list_amount", &rated.charge.list_amount);
    page.check("line_amount", &rated.amount.amount_text());
    rated
}

fn invoice(page: &mut Page, line_amount: Money) -> Money {
    let other = page.money("other_line", currency("CHF"));
    let lines = [line_amount, other].map(|amount| CreditableLine {
        subscription_id: Some("s1".to_owned()),
        amount,
        late: false,
    });
    let credit = DocumentCredit {
        credit_id: "ten percent".to_owned(),
        target: CreditTarget::Tenant,
        kind: DocumentCreditKind::Percent(page.percentage("credit_percent")),
    };
    let applied = apply_credits(currency("CHF"), &lines, &[credit]).unwrap();
    page.check("gross_amount", &applied.gross_amount.amount_text());
    page.check("credit_line", &applied.credit_lines[0].amount.amount_text());
    page.check("net_amount", &applied.net_amount.amount_text());
    let taxed = tax(applied.net_amount, page.percentage("tax_rate")).unwrap();
    page.check("tax_amount", &taxed.tax_amount.amount_text());
    page.check("total_amount", &taxed.total_amount.amount_text());
    applied.net_amount
}

fn schedule(page: &mut Page) -> CommissionSchedule {
    let end = PlainAmount::parse(&page.take("commission_tier_end")).unwrap();
    let tiers = vec![
        CommissionTier {
            from_amount: PlainAmount::ZERO,
            to_amount: Some(end),
            percentage: page.percentage("commission_first_percentage"),
        },
        CommissionTier {
            from_amount: end,
            to_amount: None,
            percentage: page.percentage("commission_second_percentage"),
        },
    ];
    CommissionSchedule::new(TierMode::Graduated, TierPeriod::Month, tiers).unwrap()
}

fn commission_of(page: &mut Page, net_amount: Money, context: &RatingContext, period: Period) {
    let conversion = context.conversion.as_ref().unwrap();
    let document = |id: &str, net_amount, conversion| CommissionDocument {
        document_id: id.to_owned(),
        kind: DocumentKind::Invoice,
        net_amount,
        status: DocumentStatus::Paid,
        credits_document_id: None,
        conversion,
    };
    let euro = currency("EUR");
    let ours = document("ours", net_amount, Some((conversion.to.rate, conversion.from.rate)));
    page.check("contribution", &ours.contribution(euro).unwrap().amount_text());
    let others = document("others", page.money("other_documents", euro), None);
    let schedule = schedule(page);
    let nothing = Money::zero(euro);
    let summary = commission::summary(&schedule, euro, &[ours, others], nothing, nothing).unwrap();
    page.check("commission_base", &summary.bases.payable_base_amount.amount_text());
    page.check("commission", &summary.results.payable_amount.amount_text());
    let mut ledger = StatementLedger::new(euro);
    ledger
        .set_payable_base(period, summary.bases.payable_base_amount)
        .unwrap();
    let statement = ledger.close(period, |_| Some(&schedule)).unwrap();
    page.check("january_statement", &statement.statement_amount.amount_text());
}

#[test]
fn every_figure_of_the_chapter_is_what_the_engines_compute() {
    let mut page = Page::read();
    let (key, quantity) = row(&mut page);
    let period = Period::of(key.usage_start);
    page.check("period", &period);
    let item = item(&mut page, &key);
    let context = context(&mut page, period);
    let rated = line(&mut page, quantity, &item, &context);
    let explanation = Explanation::new(&rated, &item, &context, period, None);
    assert_eq!(explanation.recompute(), Ok(rated.amount));
    let net_amount = invoice(&mut page, rated.amount);
    commission_of(&mut page, net_amount, &context, period);

    let now = Quantity::parse(&page.take("quantity_now")).unwrap();
    let expected = rate(&item, now, &context).unwrap().amount;
    page.check("expected_amount", &expected.amount_text());
    let late = late_difference(expected, &[rated.amount], now, rated.charge.quantity).unwrap();
    page.check("late_amount", &late.difference_amount.amount_text());

    let named: BTreeSet<String> = page.figures.keys().cloned().collect();
    assert_eq!(named, page.used, "every figure of the page is an input or a result");
}
