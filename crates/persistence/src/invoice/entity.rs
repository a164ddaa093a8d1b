//! Rows of `invoice`, `invoice_line` and `stored_document`.

pub(crate) mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub tenant_id: Uuid,
        pub period: String,
        pub status: String,
        pub revision: i64,
        pub number: Option<String>,
        pub currency: String,
        pub net_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        pub tax_treatment: String,
        pub tax_label: Option<String>,
        pub tax_rate: String,
        pub payment_terms_days: Option<i64>,
        pub issued_at: Option<i64>,
        pub issued_on: Option<String>,
        pub due_on: Option<String>,
        pub stale: i64,
        pub incomplete: i64,
        pub unpriced_rows: i64,
        pub blockers: String,
        pub snapshot: String,
        pub override_reason: Option<String>,
        pub tenant_version: i64,
        pub version: i64,
        pub generated_at: i64,
        pub created_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod line {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invoice_line")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub invoice_id: Uuid,
        pub position: i64,
        pub line_kind: String,
        pub subscription_id: Option<Uuid>,
        pub subscription_name: String,
        pub category: String,
        pub meter_id: Option<String>,
        pub meter_name: String,
        pub sku: String,
        pub unit: String,
        pub quantity: Option<String>,
        pub rate_text: Option<String>,
        pub credits_text: Option<String>,
        pub description: String,
        pub pricing_item_id: Option<Uuid>,
        pub priced: i64,
        pub amount_minor: i64,
        pub explanation: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod document {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "stored_document")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub invoice_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub format: String,
        pub content: Vec<u8>,
        pub content_hash: String,
        pub created_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
