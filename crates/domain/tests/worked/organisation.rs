//! Roles, anchors, scopes, the policy table and the table of settings.

use cms_domain::ids::{DistributorId, PartnerId, TenantId};
use cms_domain::policy::{self, Cell, Decision, decide};
use cms_domain::role::{Anchor, Level, Role, RoleUnknown};
use cms_domain::scope::Scope;
use cms_domain::setting;
use serde_json::json;
use uuid::Uuid;

#[test]
fn pm_1_four_roles_act_and_four_only_see() {
    let acting: Vec<Role> = Role::ALL.into_iter().filter(|role| role.is_administrator()).collect();
    assert_eq!(
        acting,
        [
            Role::PlatformAdministrator,
            Role::DistributorAdministrator,
            Role::PartnerAdministrator,
            Role::TenantAdministrator,
        ]
    );
    assert_eq!(Role::TenantReader.to_string(), "tenant_reader");
    assert_eq!("partner_reader".parse(), Ok(Role::PartnerReader));
    assert_eq!("Partner_reader".parse::<Role>(), Err(RoleUnknown));
    assert_eq!(
        serde_json::to_value(Role::PlatformReader).unwrap(),
        json!("platform_reader")
    );
}

#[test]
fn pm_2_the_levels_are_in_order() {
    let levels = Role::ALL.map(Role::level);
    let expected = [Level::Platform, Level::Distributor, Level::Partner, Level::Tenant];
    assert_eq!((&levels[..4], &levels[4..]), (&expected[..], &expected[..]));
    assert!(
        Level::Tenant < Level::Partner && Level::Partner < Level::Distributor && Level::Distributor < Level::Platform
    );
}

#[test]
fn pm_3_an_anchor_is_the_platform_or_one_entity() {
    let id = Uuid::from_u128(7);
    let anchors = [
        Anchor::Platform,
        Anchor::Distributor(DistributorId::new(id)),
        Anchor::Partner(PartnerId::new(id)),
        Anchor::Tenant(TenantId::new(id)),
    ];
    assert_eq!(anchors.map(Anchor::id), [None, Some(id), Some(id), Some(id)]);
    for (role, anchor) in Role::ALL.into_iter().zip(anchors.into_iter().chain(anchors)) {
        assert_eq!(Anchor::of(role, anchor.id()), Some(anchor), "{role}");
        let other = if anchor.id().is_none() { Some(id) } else { None };
        assert_eq!(Anchor::of(role, other), None, "{role}");
    }
    assert_eq!(
        anchors.map(|anchor| Scope::of(anchor).is_everything()),
        [true, false, false, false]
    );
    assert_eq!(Scope::of(anchors[2]).anchor(), anchors[2]);
    assert!(Scope::system("a job").is_everything());
}

#[test]
fn pm_4_each_cell_decides_for_its_role_only() {
    let row = policy::row("distributor.list").unwrap();
    assert_eq!(row.cell(Role::PlatformAdministrator), &Cell::All);
    assert_eq!(row.cell(Role::DistributorReader), &Cell::Own);
    assert_eq!(row.cell(Role::TenantReader), &Cell::None);
    assert_eq!(
        (row.screen.as_str(), row.api_key, row.step_up),
        ("Relationships > Distributors", true, false)
    );
    assert_eq!(decide(Role::DistributorReader, "distributor.list"), Decision::InScope);
    assert_eq!(decide(Role::PartnerReader, "distributor.list"), Decision::Never);
    assert_eq!(policy::row("distributor.explode"), None);
    let with_rules = policy::table()
        .unwrap()
        .values()
        .find(|row| row.rules.len() > 1)
        .unwrap();
    assert!(with_rules.rules.iter().all(|rule| !rule.contains(' ')));
    assert!(policy::table().unwrap().values().any(|row| row.step_up && !row.api_key));
}

#[test]
fn st_1_settings_have_their_section_type_and_default() {
    let row = setting::row("tenants.partner_self_provisioning").unwrap();
    assert_eq!(
        (row.section.as_str(), row.label.as_str(), row.kind.as_str(), row.secret),
        ("Tenants", "Partner Self Provisioning", "switch", false)
    );
    assert_eq!(row.default, json!(true));
    assert!(row.drives.starts_with("Off: tenant.create by partner administrators"));
    assert!(setting::table().iter().any(|row| row.default == json!(false)));
    assert!(
        setting::table()
            .iter()
            .filter(|row| row.secret)
            .all(|row| row.default == json!(""))
    );
    assert!(
        setting::table()
            .iter()
            .filter(|row| row.kind == "integer")
            .all(|row| row.default.is_i64())
    );
}
