//! Rows of `app_user`, `session`, `one_time_link` and the first-start tables.

pub(crate) mod app_user {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "app_user")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub email_address: Option<String>,
        pub first_name: Option<String>,
        pub last_name: Option<String>,
        pub phone_number: Option<String>,
        pub role: String,
        pub anchor_id: Option<Uuid>,
        pub state: String,
        pub disabled: i64,
        pub locked_by_administrator: i64,
        pub mfa_required: i64,
        pub federated_only: i64,
        pub password_hash: Option<String>,
        pub failures: i64,
        pub lockouts: i64,
        pub locked_until: Option<i64>,
        pub version: i64,
        pub created_at: i64,
        pub deleted_at: Option<i64>,
        pub locale: Option<String>,
        pub time_zone: Option<String>,
        pub pending_email_address: Option<String>,
        pub shadow: i64,
        pub mfa_enrolled_at: Option<i64>,
        pub mfa_last_step: Option<i64>,
        pub mfa_discarded: i64,
        pub code_failures: i64,
        pub code_locked_until: Option<i64>,
        pub last_failure_at: Option<i64>,
        pub reset_required: i64,
        pub mfa_reset_required: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub token_hash: Vec<u8>,
        pub user_id: Uuid,
        pub created_at: i64,
        pub last_used_at: i64,
        pub expires_at: i64,
        pub proven_at: i64,
        pub source_address: Option<String>,
        pub user_agent: Option<String>,
        pub id: Option<Uuid>,
        pub second_factor: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod one_time_link {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "one_time_link")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub token_hash: Vec<u8>,
        pub user_id: Uuid,
        pub purpose: String,
        pub created_at: i64,
        pub expires_at: i64,
        pub used_at: Option<i64>,
        pub detail: Option<String>,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod bootstrap_token {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "bootstrap_token")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub only_row: i64,
        pub token_hash: Vec<u8>,
        pub expires_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod first_administrator {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "first_administrator")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub only_row: i64,
        pub user_id: Uuid,
        pub created_at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
