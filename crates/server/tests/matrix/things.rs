//! Objects that no path makes: rows of the database, and documents as a month of usage would leave them.

use std::sync::atomic::Ordering;

use domain::role::Anchor;
use persistence::alert::Raise;
use persistence::invoice::{LineRow, NewLine, NewPreview};
use persistence::job::NewJob;
use persistence::region::{ConnectionFields, RegionFields};
use persistence::subscription::NewSubscription;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Object, VM_HOURS, World, object};

impl World {
    pub async fn subscription(&self, tenant: &Value) -> Value {
        let id = Uuid::now_v7();
        let subscription = NewSubscription {
            id: id.into(),
            tenant_id: Uuid::parse_str(tenant.as_str().unwrap()).unwrap().into(),
            region_id: self.region.into(),
            platform_subscription_id: Uuid::now_v7().into(),
            name: "erp-prod".into(),
            description: String::new(),
            directory_id: String::new(),
            owner: String::new(),
            auto_created: false,
        };
        let tx = self.app.store().begin().await.unwrap();
        tx.subscriptions()
            .insert(&subscription, self.app.clock().now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        json!(id)
    }

    /// An issued document of a tenant with one line, each of a month of its own (B-6): tenant roles see no previews
    /// (PM-25).
    pub async fn invoice(&self, node: &str) -> Object {
        let (id, line) = (Uuid::now_v7(), Uuid::now_v7());
        let month = self.months.fetch_add(1, Ordering::Relaxed);
        let period = format!("{}-{:02}", 2001 + month / 12, month % 12 + 1);
        let explanation = json!({
            "region_id": self.region, "platform_subscription_id": Uuid::now_v7(), "sources": [],
            "price_list_name": null, "explanation": null,
        });
        let row = LineRow {
            id: line.into(),
            line_kind: "usage".into(),
            subscription_id: None,
            subscription_name: "erp-prod".into(),
            category: "Compute".into(),
            meter_id: Some(VM_HOURS.into()),
            meter_name: "VM size hours".into(),
            sku: String::new(),
            unit: "1 h".into(),
            quantity: Some("6200".into()),
            rate_text: None,
            credits_text: None,
            description: "VM size hours".into(),
            pricing_item_id: None,
            priced: true,
            amount_minor: 0,
        };
        let preview = NewPreview {
            id: id.into(),
            tenant_id: Uuid::parse_str(self.nodes[node].as_str().unwrap()).unwrap().into(),
            tenant_version: 1,
            period: period.parse().unwrap(),
            currency: "EUR".into(),
            net_minor: 0,
            tax_minor: 0,
            total_minor: 0,
            tax_treatment: "exempt".into(),
            tax_label: None,
            tax_rate: "0".into(),
            incomplete: false,
            unpriced_rows: 0,
            blockers: Vec::new(),
            lines: vec![NewLine {
                row,
                explanation: explanation.to_string(),
            }],
        };
        let tx = self.app.store().begin().await.unwrap();
        tx.invoices()
            .store_previews(&[preview], false, self.app.clock().now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let issued = self
            .administrator
            .post(&format!("/invoices/{id}/issue"), &json!({}))
            .await;
        assert_eq!(issued.status, 200, "{}", issued.body);
        let mut invoice = object(node, &json!(id));
        invoice.part = line.to_string();
        invoice
    }

    /// An alert of a place.
    pub async fn alert(&self, node: &str) -> Value {
        let id = Uuid::now_v7();
        let owner = self
            .nodes
            .get(node)
            .map(|id| Uuid::parse_str(id.as_str().unwrap()).unwrap());
        let owner = match (node.chars().next(), owner) {
            (Some('D'), Some(id)) => Anchor::Distributor(id.into()),
            (Some('P'), Some(id)) => Anchor::Partner(id.into()),
            (Some('T'), Some(id)) => Anchor::Tenant(id.into()),
            _ => Anchor::Platform,
        };
        let raise = Raise {
            id,
            kind: "usage_missing",
            severity: "warning",
            subject_key: &format!("subscription:{id}"),
            message: "No usage for 3 days.",
            owner,
        };
        let tx = self.app.store().begin().await.unwrap();
        tx.alerts().raise(raise, self.app.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
        json!(id)
    }

    /// A job on a tenant, or on nobody's; nothing runs it.
    pub async fn job(&self, tenant: Option<&Value>) -> Value {
        let id = Uuid::now_v7();
        let tenant = tenant.map(|tenant| Uuid::parse_str(tenant.as_str().unwrap()).unwrap());
        let job = NewJob {
            id: id.into(),
            kind: "generate_invoices",
            title: "Generate".into(),
            payload: json!({}),
            business_key: None,
            lock_key: None,
            join_key: None,
            requested_by: None,
            tenant_id: tenant.map(Into::into),
            region_id: None,
        };
        let tx = self.app.store().begin().await.unwrap();
        assert!(tx.jobs().insert(&job).await.unwrap());
        tx.commit().await.unwrap();
        json!(id)
    }

    /// A region that is known and not connected.
    pub async fn connect(&self) {
        let fields = RegionFields {
            name: "zrh1".into(),
            details: String::new(),
            time_zone: "UTC".into(),
            run_window_start: "00:00".into(),
            run_window_end: "06:00".into(),
            lookback_days: 2,
            granularity: "hourly".into(),
            enabled: false,
        };
        let connection = ConnectionFields {
            admin_endpoint: "https://adminmanagement.local.example".into(),
            tenant_endpoint: None,
            directory: None,
            login_endpoint: None,
            client_id: None,
            credential_kind: None,
            private_ca_pem: None,
        };
        let tx = self.app.store().begin().await.unwrap();
        tx.regions()
            .insert(
                self.region.into(),
                &fields,
                &connection,
                "2026-10-01",
                self.app.clock().now(),
            )
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}
