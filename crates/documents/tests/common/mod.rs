//! Documents for tests and examples.
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::too_many_arguments,
    clippy::wildcard_imports,
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "test code, each user needs a part of it"
)]

use chrono::NaiveDate;
use cms_documents::*;

/// Texts that mean something to Typst, HTML, a shell or the direction of text, and a word without a place to break.
pub const HOSTILE: [&str; 10] = [
    "#panic(\"x\")",
    "#import \"@preview/a:1.0.0\"",
    "$sum_(i=0)^n$ *bold* _it_ `raw`",
    "= heading <label> @ref",
    "<script>alert(1)</script>",
    "C:\\temp\\new \\u{41} \"quoted\" ' // /* */",
    "#read(\"/etc/passwd\") #sys.inputs",
    "שרתי ייצור בע״מ",
    "خوادم الإنتاج",
    "]}) #{ [ ~ -- --- ... https://example.test",
];

/// A PNG image of 3 by 1 pixels.
pub const LOGO: [u8; 70] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x03, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x94, 0x82, 0x83, 0xe3, 0x00, 0x00, 0x00, 0x0d, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x10, 0x32, 0x8d, 0x86, 0x20, 0x00, 0x08, 0xad, 0x01, 0xe7, 0x32, 0xbf, 0x5d,
    0xb8, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("date")
}

pub fn line(
    id: usize,
    description: &str,
    meter: &str,
    sku: &str,
    unit: &str,
    quantity: &str,
    rate: Option<&str>,
    amount: &str,
) -> UsageLine {
    UsageLine {
        line_id: format!("line-{id}"),
        line_kind: LineKind::Usage,
        description: description.into(),
        meter_id: format!("meter-{id}"),
        meter_name: meter.into(),
        sku: sku.into(),
        unit: unit.into(),
        quantity: quantity.into(),
        rate: rate.map(Into::into),
        item_credits: Vec::new(),
        amount: amount.into(),
        explanation: Vec::new(),
        resources: Vec::new(),
    }
}

pub fn step(rule: &str, label: &str, name: &str, value: &str, result: &str) -> ExplanationStep {
    ExplanationStep {
        rule: rule.into(),
        label: label.into(),
        inputs: vec![ExplanationInput {
            name: name.into(),
            value: value.into(),
        }],
        exact: result.into(),
        displayed: result.into(),
    }
}

fn compute(index: usize) -> UsageLine {
    let mut line = line(
        index,
        "Virtual machines D4s v3",
        "VM size hours",
        "standard_d4s_v3",
        "VM*hours",
        "1488.0000",
        Some("0.1925"),
        "257.80",
    );
    line.item_credits = vec![ItemCredit {
        kind: CreditKind::Percent,
        value: "10.0000".into(),
    }];
    line.explanation = vec![
        step("P-40", "Quantity of the month", "records", "1488", "1488"),
        step("P-25", "Base rate", "rate", "0.1925", "286.4400000000"),
        step("P-50", "Discount", "percent", "10", "257.7960000000"),
        step("P-60", "Rounded once", "digits", "2", "257.80"),
    ];
    line.resources = vec![ResourceShare {
        resource_uri: "/subscriptions/1/virtualMachines/web1".into(),
        quantity: "1488.0000".into(),
        amount: "257.80".into(),
    }];
    line
}

fn group(index: usize, lines: usize) -> SubscriptionGroup {
    let storage = (0..lines)
        .map(|at| {
            line(
                100 * index + at,
                "Page blob capacity",
                "Page blob capacity",
                "",
                "GB*hours",
                "98304.123456789012",
                Some("0.000125"),
                "12.29",
            )
        })
        .collect();
    SubscriptionGroup {
        subscription_id: format!("00000000-0000-7000-8000-{index:012}"),
        name: ["erp-prod", "erp-test", "web shop"]
            .get(index % 3)
            .map(ToString::to_string)
            .unwrap_or_default(),
        subtotal: "12345.67".into(),
        categories: vec![
            CategoryGroup {
                name: "Compute".into(),
                subtotal: "1262.11".into(),
                lines: vec![
                    compute(index),
                    line(
                        index,
                        "Virtual machines F8s v2",
                        "VM size hours",
                        "standard_f8s_v2",
                        "VM*hours",
                        "744",
                        Some("0.4110"),
                        "305.78",
                    ),
                    line(
                        index,
                        "SQL Server core hours",
                        "SQL cores",
                        "",
                        "Core*hours",
                        "11904",
                        Some("tiered"),
                        "698.53",
                    ),
                ],
            },
            CategoryGroup {
                name: "Storage".into(),
                subtotal: "110.61".into(),
                lines: storage,
            },
            CategoryGroup {
                name: "Network".into(),
                subtotal: "0.00".into(),
                lines: vec![line(
                    index,
                    "Static IP address",
                    "Static IP address",
                    "",
                    "IP*hours",
                    "1488",
                    None,
                    "0.00",
                )],
            },
        ],
        credits: vec![CreditLine {
            line_id: format!("credit-{index}"),
            line_kind: LineKind::Credit,
            kind: CreditKind::Percent,
            value: "5".into(),
            description: "Partner programme, second year".into(),
            amount: "-64.98".into(),
            explanation: Vec::new(),
        }],
    }
}

pub fn invoice(groups: usize, lines: usize) -> InvoiceDocument {
    InvoiceDocument {
        kind: DocumentKind::Invoice,
        status: DocumentStatus::Issued,
        number: Some("INV-2026-000042".into()),
        period: "2026-10".into(),
        issued_on: Some(date(2026, 11, 5)),
        due_on: Some(date(2026, 12, 5)),
        payment_terms_days: 30,
        time_zone: "Europe/Zurich".into(),
        locale: "en-GB".into(),
        currency: "EUR".into(),
        seller: Party {
            name: "Nordwind Cloud Services AG".into(),
            legal_name: None,
            address_lines: vec!["Hafenstrasse 12".into(), "8005 Zürich".into()],
            country: "CH".into(),
            tax_id: Some("CHE-123.456.789 MWST".into()),
        },
        recipient: Party {
            name: "Contoso".into(),
            legal_name: Some("Contoso Manufacturing GmbH".into()),
            address_lines: vec!["Accounts Payable".into(), "Industriestraße 7".into(), "70565 Stuttgart".into()],
            country: "DE".into(),
            tax_id: Some("DE123456789".into()),
        },
        groups: (0..groups).map(|index| group(index, lines)).collect(),
        credits: vec![CreditLine {
            line_id: "credit-t".into(),
            line_kind: LineKind::Credit,
            kind: CreditKind::Amount,
            value: "250.00".into(),
            description: "Goodwill for the outage of 3 October".into(),
            amount: "-250.00".into(),
            explanation: vec![step("P-54", "Balance used", "balance", "250.00", "-250.00")],
        }],
        late_groups: vec![LateGroup {
            period: "2026-09".into(),
            corrects: vec!["INV-2026-000031".into()],
            subtotal: "5.00".into(),
            groups: vec![SubscriptionGroup {
                subscription_id: "00000000-0000-7000-8000-000000000000".into(),
                name: "erp-prod".into(),
                subtotal: "5.00".into(),
                categories: vec![CategoryGroup {
                    name: "Compute".into(),
                    subtotal: "5.00".into(),
                    lines: vec![UsageLine {
                        line_kind: LineKind::LateUsage,
                        ..line(900, "Virtual machines D4s v3", "VM size hours", "standard_d4s_v3", "VM*hours", "100", Some("0.05"), "5.00")
                    }],
                }],
                credits: Vec::new(),
            }],
            credits: Vec::new(),
        }],
        net_amount: "36792.01".into(),
        tax: TaxLine { label: Some("VAT".into()), rate: "20.0000".into(), amount: "7358.40".into(), note: None },
        total_amount: "44150.41".into(),
        exchange_rates: vec![ExchangeRate {
            base_currency: "CHF".into(),
            currency: "EUR".into(),
            rate: "1.0648".into(),
            valid_from_on: date(2026, 10, 30),
            source: "ECB reference".into(),
        }],
        payment_details: "Nordwind Cloud Services AG\nIBAN CH93 0076 2011 6238 5295 7\nBIC POFICHBEXXX\nPlease quote the invoice number.".into(),
        annex: false,
        appearance: Appearance::default(),
    }
}

pub fn coloured() -> InvoiceDocument {
    let mut document = invoice(1, 2);
    document.locale = "de-DE".into();
    document.annex = true;
    document.appearance = Appearance {
        header_background_colour: "#12355B".into(),
        header_font_colour: "#FFFFFF".into(),
        footer_background_colour: "#F1F4F8".into(),
        footer_font_colour: "#33475B".into(),
        grouping_background_colour: "#D6E2F0".into(),
        grouping_font_colour: "#12355B".into(),
        body_font_colour: "#1D2733".into(),
        ..Appearance::default()
    };
    document
}

pub fn preview() -> InvoiceDocument {
    let mut document = invoice(2, 9);
    document.status = DocumentStatus::Preview;
    document
}

pub fn hostile() -> InvoiceDocument {
    let mut document = invoice(1, 0);
    document.number = Some(HOSTILE[0].into());
    document.seller.name = HOSTILE[1].into();
    document.recipient.name = HOSTILE[2].into();
    document.recipient.legal_name = None;
    document.recipient.address_lines = HOSTILE.iter().map(ToString::to_string).collect();
    document.payment_details = HOSTILE.join("\n");
    document.tax.note = Some(HOSTILE[5].into());
    document.tax.label = Some(HOSTILE[3].into());
    document.time_zone = HOSTILE[6].into();
    let long = "W".repeat(200);
    let lines = HOSTILE.into_iter().chain([long.as_str()]).enumerate();
    document.groups[0].name = HOSTILE[7].into();
    document.groups[0].categories[0].name = HOSTILE[4].into();
    document.groups[0].categories[0].lines = lines
        .map(|(at, text)| {
            line(
                at,
                text,
                text,
                text,
                text,
                "1234567890123.123456789",
                Some("123456789.0123456789"),
                "1.00",
            )
        })
        .collect();
    document
}
