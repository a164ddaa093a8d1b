//! Previews (B-4 to B-9, B-16, B-20 to B-23, B-41).

use cms_app::invoices::{Blocker, NewGeneration, delete, explain, generate, read};
use cms_app::organisation::tenants;
use cms_app::pricing::ItemInput;
use domain::ids::TenantId;
use domain::role::{Anchor, Role};
use serde_json::json;

use crate::world::{
    PAGE_BLOBS, VM_HOURS, World, actor, administrator, code, flat, instant, october, tenant_input, tiered, worlds,
};

/// Everything of a document that must not depend on chance, as one text.
async fn figures(world: &World) -> String {
    let details = world.only().await;
    let row = details.figures.row;
    format!(
        "{:?} {:?} {} {} {} {:?} {:?}",
        row.id, row.blockers, row.net_minor, row.tax_minor, row.total_minor, row.tax_rate, details.lines
    )
}

#[tokio::test]
async fn the_tiers_of_the_worked_example_give_480_and_tax_of_20_percent_gives_576() {
    for world in worlds().await {
        world.price(&[tiered(VM_HOURS)]).await;
        for (day, quantity) in [("2026-10-01", "1000"), ("2026-10-15", "5000"), ("2026-10-31", "200")] {
            world.use_on(day, VM_HOURS, "standard_d4s_v3", quantity).await;
        }
        let result = world.generate().await;
        assert_eq!(result["previews"], 1);
        let document = world.only().await;
        let figures = &document.figures;
        assert_eq!(
            figures.net_amount.amount_text(),
            "480.00",
            "{}: P-29",
            world.database.name
        );
        assert_eq!(figures.tax_amount.amount_text(), "96.00", "B-51");
        assert_eq!(figures.total_amount.amount_text(), "576.00", "B-51");
        assert_eq!(figures.blockers, [], "October is over, read, priced");
        assert_eq!(document.lines.len(), 1, "one line per subscription and item (P-42)");
        let line = &document.lines[0];
        assert_eq!(
            (line.quantity.as_deref(), line.rate_text.as_deref()),
            (Some("6200"), Some("tiered"))
        );
        assert_eq!(
            (line.category.as_str(), line.subscription_name.as_str()),
            ("Compute", "erp-prod")
        );
    }
}

#[tokio::test]
async fn the_explanation_computes_the_line_anew_and_shares_it_among_the_resources() {
    for world in worlds().await {
        world.price(&[tiered(VM_HOURS)]).await;
        world.use_on("2026-10-01", VM_HOURS, "a", "1200").await;
        world.use_on("2026-10-15", VM_HOURS, "b", "5000").await;
        world.generate().await;
        let document = world.only().await;
        let id = document.figures.row.id;
        let explained = explain(&world.app, &administrator(), id, document.lines[0].id)
            .await
            .unwrap();
        let explanation = explained.explanation.unwrap();
        assert_eq!(explanation.recompute().unwrap().amount_text(), "480.00", "P-96");
        assert_eq!(
            explanation.origin.unwrap().scope_step.number(),
            4,
            "the region's list, any SKU (P-15)"
        );
        assert!(
            explained.price_list_name.is_some(),
            "platform roles see the list's name (P-95)"
        );
        assert_eq!(explained.days.len(), 2);
        let shares: Vec<String> = explained
            .resources
            .iter()
            .map(|share| share.amount.amount_text())
            .collect();
        assert_eq!(
            shares,
            ["387.10", "92.90"],
            "5,000 and 1,200 of 6,200, adding up to 480.00 (P-43)"
        );
        assert_eq!(explained.records_total, 2);
        let partner = actor(Role::PartnerAdministrator, Anchor::Partner(world.partner));
        let seen = explain(&world.app, &partner, id, document.lines[0].id).await.unwrap();
        assert_eq!(seen.price_list_name, None, "not below the platform (P-95)");
        let other = actor(Role::PartnerAdministrator, Anchor::Partner(world.other_partner));
        assert_eq!(
            code(explain(&world.app, &other, id, document.lines[0].id).await),
            "not_found"
        );
    }
}

#[tokio::test]
async fn usage_without_a_price_is_a_line_of_0_and_a_blocker() {
    for world in worlds().await {
        world.price(&[flat(VM_HOURS, "a", "0.5")]).await;
        world.use_on("2026-10-03", VM_HOURS, "a", "10").await;
        world.use_on("2026-10-03", VM_HOURS, "b", "7.5").await;
        world.generate().await;
        let document = world.only().await;
        assert_eq!(document.figures.blockers, [Blocker::UsageUnpriced], "P-16");
        let unpriced: Vec<_> = document.lines.iter().filter(|line| !line.priced).collect();
        assert_eq!(unpriced.len(), 1);
        assert_eq!(
            (unpriced[0].amount_minor, unpriced[0].quantity.as_deref()),
            (0, Some("7.5")),
            "P-16"
        );
        assert_eq!(document.figures.net_amount.amount_text(), "5.00");
    }
}

#[tokio::test]
async fn an_ended_month_keeps_the_hours_of_its_last_instant_once_something_was_issued() {
    for world in worlds().await {
        world
            .price(&[ItemInput {
                rate_period: Some("month".into()),
                ..flat(VM_HOURS, "", "73")
            }])
            .await;
        world.use_on("2026-10-03", VM_HOURS, "", "744").await;
        world.generate().await;
        assert_eq!(
            world.only().await.figures.net_amount.amount_text(),
            "74.40",
            "off: 730 hours (P-37)"
        );
        world.clock.set(instant("2026-10-20T00:00:00Z"));
        world.setting("billing.use_monthly_variable_pricing", json!(true)).await;
        world.clock.set(instant("2026-11-05T09:00:00Z"));
        world.generate().await;
        let first = world.only().await.figures;
        assert_eq!(
            first.net_amount.amount_text(),
            "73.00",
            "on: the 744 hours of October (P-37)"
        );
        cms_app::invoices::issue(&world.app, &administrator(), first.row.id, None, None)
            .await
            .unwrap();

        world.clock.set(instant("2026-11-06T09:00:00Z"));
        world
            .setting("billing.use_monthly_variable_pricing", json!(false))
            .await;
        let second = world.tenant("Second", world.partner, "EUR").await;
        let (_, subscription) = world.subscribe(second, "main").await;
        world.use_by(subscription, "2026-10-04", VM_HOURS, "", "744").await;
        world.generate().await;
        let found = world.documents(&administrator()).await;
        let second = found.into_iter().find(|id| *id != first.row.id).unwrap();
        let figures = read(&world.app, &administrator(), second).await.unwrap().figures;
        assert_eq!(
            figures.net_amount.amount_text(),
            "73.00",
            "{}: October was on (ST-13)",
            world.database.name
        );
    }
}

#[tokio::test]
async fn lines_stand_by_subscription_category_meter_and_sku() {
    for world in worlds().await {
        world
            .price(&[
                flat(VM_HOURS, "b", "1"),
                flat(VM_HOURS, "a", "1"),
                flat(PAGE_BLOBS, "", "1"),
            ])
            .await;
        let (_, second) = world.subscribe(world.tenant, "crm").await;
        world.use_on("2026-10-03", PAGE_BLOBS, "", "1").await;
        world.use_on("2026-10-03", VM_HOURS, "b", "1").await;
        world.use_on("2026-10-03", VM_HOURS, "a", "1").await;
        world.use_by(second, "2026-10-04", PAGE_BLOBS, "", "1").await;
        world.generate().await;
        let lines = world.only().await.lines;
        let order: Vec<_> = lines
            .iter()
            .map(|line| {
                (
                    line.subscription_name.as_str(),
                    line.category.as_str(),
                    line.sku.as_str(),
                )
            })
            .collect();
        let expected = [
            ("crm", "Storage", ""),
            ("erp-prod", "Compute", "a"),
            ("erp-prod", "Compute", "b"),
            ("erp-prod", "Storage", ""),
        ];
        assert_eq!(order, expected, "B-21");
    }
}

#[tokio::test]
async fn the_same_inputs_give_the_same_preview_in_place_with_a_new_revision() {
    for world in worlds().await {
        world.price(&[tiered(VM_HOURS), flat(PAGE_BLOBS, "", "0.00032")]).await;
        for day in 1..=9 {
            world
                .use_on(&format!("2026-10-0{day}"), VM_HOURS, "a", "17.333333333333333333")
                .await;
            world
                .use_on(&format!("2026-10-0{day}"), PAGE_BLOBS, "", "1.000000000000000001")
                .await;
        }
        world.generate().await;
        let first = figures(&world).await;
        assert_eq!(world.only().await.figures.row.revision, 1);
        world.generate().await;
        assert_eq!(figures(&world).await, first, "{}: B-9", world.database.name);
        assert_eq!(world.only().await.figures.row.revision, 2, "B-6");
    }
}

#[tokio::test]
async fn what_changes_the_figures_makes_the_preview_stale_until_it_is_generated_again() {
    for world in worlds().await {
        world.price(&[flat(VM_HOURS, "", "1")]).await;
        world.use_on("2026-10-03", VM_HOURS, "", "10").await;
        world.generate().await;
        assert!(!world.only().await.figures.row.stale);
        world.use_on("2026-10-04", VM_HOURS, "", "5").await;
        assert_eq!(world.only().await.figures.blockers, [Blocker::Stale], "new usage (B-8)");
        world.generate().await;
        assert_eq!(world.only().await.figures.net_amount.amount_text(), "15.00");
        assert_eq!(world.only().await.figures.blockers, []);

        let tenant = tenants::read(&world.app, &administrator(), world.tenant).await.unwrap();
        let mut input = tenant_input("Harbour Freight", world.partner, "EUR");
        input.tax_rate = Some("10".into());
        tenants::update(&world.app, &administrator(), world.tenant, tenant.version, &input)
            .await
            .unwrap();
        assert_eq!(
            world.only().await.figures.blockers,
            [Blocker::Stale],
            "the tenant's tax (B-8)"
        );
        world.generate().await;
        assert_eq!(world.only().await.figures.total_amount.amount_text(), "16.50");
    }
}

#[tokio::test]
async fn a_list_in_another_currency_blocks_until_there_is_an_exchange_rate() {
    for world in worlds().await {
        world.price_in("USD", &[flat(VM_HOURS, "", "1")]).await;
        world.use_on("2026-10-03", VM_HOURS, "", "10").await;
        world.generate().await;
        let document = world.only().await;
        assert_eq!(document.figures.blockers, [Blocker::ExchangeRateMissing], "P-72");
        assert_eq!(document.figures.net_amount.amount_text(), "0.00", "nothing is guessed");
    }
}

#[tokio::test]
async fn currencies_without_and_with_three_digits_round_to_their_own() {
    for world in worlds().await {
        let yen = world.tenant("Yen", world.partner, "JPY").await;
        let dinar = world.tenant("Dinar", world.partner, "KWD").await;
        for (tenant, currency) in [(yen, "JPY"), (dinar, "KWD")] {
            let (_, subscription) = world.subscribe(tenant, "main").await;
            world.use_by(subscription, "2026-10-03", VM_HOURS, "", "1.5").await;
            tenant_list(&world, tenant, currency, &flat(VM_HOURS, "", "0.3333")).await;
        }
        world.generate().await;
        let mut totals = Vec::new();
        for id in world.documents(&administrator()).await {
            let figures = read(&world.app, &administrator(), id).await.unwrap().figures;
            totals.push([figures.net_amount, figures.tax_amount, figures.total_amount].map(|money| money.to_string()));
        }
        // 0.49995: no yen; 0.500 dinar and 0.100 of tax (P-60).
        assert_eq!(
            totals,
            [["KWD 0.500", "KWD 0.100", "KWD 0.600"], ["JPY 0", "JPY 0", "JPY 0"]].map(own)
        );
    }
}

fn own(texts: [&str; 3]) -> [String; 3] {
    texts.map(|text| {
        let (currency, amount) = text.split_once(' ').unwrap();
        let money = domain::money::Money::parse(amount, domain::currency::Currency::from_code(currency).unwrap());
        money.unwrap().to_string()
    })
}

async fn tenant_list(world: &World, tenant: TenantId, currency: &str, item: &ItemInput) {
    let input = cms_app::pricing::NewPriceList {
        display_name: format!("own {currency}"),
        description: None,
        scope_kind: "tenant".into(),
        target_id: tenant.uuid(),
        currency: None,
    };
    let list = cms_app::pricing::create(&world.app, &administrator(), &input)
        .await
        .unwrap()
        .row
        .id;
    cms_app::pricing::create_item(&world.app, &administrator(), list, item)
        .await
        .unwrap();
    cms_app::pricing::publish(&world.app, &administrator(), list, None, Some(october()))
        .await
        .unwrap();
}

#[tokio::test]
async fn generating_stays_inside_the_branch_and_joins_an_open_job() {
    for world in worlds().await {
        world.price(&[flat(VM_HOURS, "", "1")]).await;
        world.use_on("2026-10-03", VM_HOURS, "", "10").await;
        let stranger = actor(Role::PartnerAdministrator, Anchor::Partner(world.other_partner));
        let named = NewGeneration {
            period: october(),
            tenant_ids: Some(vec![world.tenant]),
        };
        assert_eq!(code(generate(&world.app, &stranger, &named).await), "unknown_reference");
        let all = NewGeneration {
            period: october(),
            tenant_ids: None,
        };
        generate(&world.app, &stranger, &all).await.unwrap();
        world.run_jobs().await;
        assert_eq!(
            world.documents(&administrator()).await,
            [],
            "the other branch has no usage"
        );
        let first = generate(&world.app, &administrator(), &all).await.unwrap();
        let second = generate(&world.app, &administrator(), &all).await.unwrap();
        assert_eq!((second.job_id, second.joined), (first.job_id, true), "U-62");
        world.run_jobs().await;
        assert_eq!(world.documents(&stranger).await, [], "S-02");
        let own = actor(Role::PartnerReader, Anchor::Partner(world.partner));
        assert_eq!(world.documents(&own).await.len(), 1);
        let tenant = actor(Role::TenantAdministrator, Anchor::Tenant(world.tenant));
        assert_eq!(world.documents(&tenant).await, [], "tenants see no previews (S-12)");
        let preview = world.only().await.figures.row.id;
        assert_eq!(code(read(&world.app, &tenant, preview).await), "not_found", "S-12");
        assert_eq!(code(delete(&world.app, &stranger, preview).await), "not_found");
        delete(&world.app, &administrator(), preview).await.unwrap();
        assert_eq!(world.documents(&administrator()).await, [], "B-16");
        world.generate().await;
        assert_eq!(
            world.documents(&administrator()).await.len(),
            1,
            "its usage was uninvoiced again (B-16)"
        );
    }
}
