//! Create or edit a distributor, partner or tenant: their details are the same, the rest is the tenant's.

use crate::api::{self, ApiError};
use crate::forms::entity_view::{Billing, Entity};
use crate::forms::{administrators, currencies, tax_treatments};
use crate::pages::common::{given, held, lines, optional};
use crate::paths::Kind;
use crate::state;
use crate::ui::{Field, Form, Input, field, form, lookup};
use api_types::organisation::{
    Address, DistributorInput, DistributorView, PartnerInput, PartnerView, Profile, TenantInput, TenantView,
};
use leptos::prelude::*;
use uuid::Uuid;

/// The texts being edited.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    parent: RwSignal<String>,
    currency: RwSignal<String>,
    legal_name: RwSignal<String>,
    contact: RwSignal<String>,
    contact_email: RwSignal<String>,
    phone: RwSignal<String>,
    address: Place,
    apart: RwSignal<String>,
    billing: Place,
    country: RwSignal<String>,
    locale: RwSignal<String>,
    contacts: RwSignal<String>,
    tax_id: RwSignal<String>,
    notes: RwSignal<String>,
    terms: RwSignal<String>,
    treatment: RwSignal<String>,
    rate: RwSignal<String>,
    label: RwSignal<String>,
    note: RwSignal<String>,
}

/// The texts of one address.
#[derive(Clone, Copy)]
struct Place {
    street: RwSignal<String>,
    city: RwSignal<String>,
    postal_code: RwSignal<String>,
    region: RwSignal<String>,
}

impl Place {
    fn of(address: Option<&Address>) -> Self {
        let text = |pick: fn(&Address) -> &str| held(address.map(pick).unwrap_or_default());
        Self {
            street: held(address.map(|address| address.lines.join("\n")).unwrap_or_default()),
            city: text(|address| &address.city),
            postal_code: text(|address| &address.postal_code),
            region: text(|address| &address.region),
        }
    }

    fn given(self) -> Address {
        Address {
            lines: lines(self.street),
            city: given(self.city),
            postal_code: given(self.postal_code),
            region: given(self.region),
        }
    }
}

impl Draft {
    fn of(entity: Option<&Entity>) -> Self {
        let profile = entity.map(|entity| &entity.profile);
        let text = |pick: fn(&Profile) -> &str| held(profile.map(pick).unwrap_or_default());
        let billing = entity.and_then(|entity| entity.billing.clone());
        let own = |pick: fn(Billing) -> Option<String>| held(billing.clone().and_then(pick).unwrap_or_default());
        Self {
            name: held(entity.map(|entity| entity.name.as_str()).unwrap_or_default()),
            parent: held(
                entity
                    .and_then(|entity| entity.parent.as_ref())
                    .map(|parent| parent.id.to_string())
                    .unwrap_or_default(),
            ),
            currency: held(entity.map(|entity| entity.currency.as_str()).unwrap_or_default()),
            legal_name: text(|profile| &profile.legal_name),
            contact: text(|profile| &profile.contact_person),
            contact_email: text(|profile| &profile.contact_email_address),
            phone: text(|profile| &profile.phone),
            address: Place::of(profile.map(|profile| &profile.address)),
            apart: held(
                profile
                    .is_some_and(|profile| profile.billing_address.is_some())
                    .to_string(),
            ),
            billing: Place::of(profile.and_then(|profile| profile.billing_address.as_ref())),
            country: text(|profile| &profile.country),
            locale: text(|profile| profile.locale.as_deref().unwrap_or_default()),
            contacts: held(
                profile
                    .map(|profile| profile.billing_contacts.join("\n"))
                    .unwrap_or_default(),
            ),
            tax_id: text(|profile| &profile.tax_id),
            notes: text(|profile| &profile.notes),
            terms: own(|billing| billing.terms.map(|days| days.to_string())),
            treatment: held(
                billing
                    .as_ref()
                    .map_or("standard", |billing| billing.treatment.as_str()),
            ),
            rate: own(|billing| billing.rate),
            label: own(|billing| billing.label),
            note: own(|billing| billing.note),
        }
    }

    fn profile(&self) -> Profile {
        Profile {
            legal_name: given(self.legal_name),
            contact_person: given(self.contact),
            contact_email_address: given(self.contact_email),
            phone: given(self.phone),
            address: self.address.given(),
            billing_address: (given(self.apart) == "true").then(|| self.billing.given()),
            country: given(self.country).to_uppercase(),
            locale: optional(self.locale),
            billing_contacts: lines(self.contacts),
            tax_id: given(self.tax_id),
            notes: given(self.notes),
        }
    }

    fn parent(&self, pointer: &str) -> Result<Uuid, ApiError> {
        Uuid::parse_str(&given(self.parent)).map_err(|_| ApiError::field(pointer, "Select one."))
    }

    fn terms(&self) -> Result<Option<i64>, ApiError> {
        let wrong = |_| ApiError::field("/payment_terms_days", "Enter a whole number of days, 0 to 365.");
        optional(self.terms).map(|days| days.parse().map_err(wrong)).transpose()
    }
}

/// Creates the entity, or replaces the version that is edited.
async fn send(kind: Kind, draft: StoredValue<Draft>, edited: Option<(Uuid, String)>) -> Result<Entity, ApiError> {
    let draft = &draft.get_value();
    let (name, currency, profile) = (given(draft.name), optional(draft.currency), draft.profile());
    match kind {
        Kind::Distributor => {
            let body = DistributorInput {
                name,
                currency,
                profile,
            };
            Ok(save::<_, DistributorView>(kind, &body, edited).await?.into())
        }
        Kind::Partner => {
            let distributor_id = draft.parent("/distributor_id")?;
            let body = PartnerInput {
                name,
                distributor_id,
                currency,
                profile,
            };
            Ok(save::<_, PartnerView>(kind, &body, edited).await?.into())
        }
        Kind::Tenant => {
            let body = TenantInput {
                name,
                partner_id: draft.parent("/partner_id")?,
                currency,
                payment_terms_days: draft.terms()?,
                tax_treatment: optional(draft.treatment),
                tax_rate: optional(draft.rate),
                tax_label: optional(draft.label),
                tax_note: optional(draft.note),
                profile,
            };
            Ok(save::<_, TenantView>(kind, &body, edited).await?.into())
        }
    }
}

async fn save<B, V>(kind: Kind, body: &B, edited: Option<(Uuid, String)>) -> Result<V, ApiError>
where
    B: serde::Serialize,
    V: serde::de::DeserializeOwned,
{
    let list = kind.plural();
    match edited {
        Some((id, etag)) => api::put(&format!("/{list}/{id}"), &etag, body).await,
        None => api::post(&format!("/{list}"), body).await,
    }
}

/// The form; `done` gets the stored entity.
pub fn entity_form(kind: Kind, frame: Form, entity: Option<&Entity>, done: Callback<Entity>) -> AnyView {
    let draft = Draft::of(entity);
    let stored = StoredValue::new(draft);
    let edited = entity.map(|entity| (entity.id, entity.etag.clone()));
    // Once it exists, a second Save after a refused administrator changes it instead of adding another.
    let known = StoredValue::new(edited.clone());
    let people = edited.is_none().then(|| administrators::Draft::new(kind)).flatten();
    let mut groups = vec![
        group(kind.label(), identity(kind, frame, &draft, edited.is_some())),
        group("Details", details(frame, &draft)),
        group("Address", address(frame, &draft)),
        group("Billing Address", billing_address(frame, &draft)),
        group("Invoicing", invoicing(kind, frame, &draft)),
    ];
    if let Some(people) = people {
        let title = format!("{} Administrator", kind.label());
        groups.insert(1, group(&title, administrators::fields(frame, people)));
    }
    form(frame, "Save", groups, vec![], move || {
        let call = async move {
            let saved = send(kind, stored, known.get_value()).await?;
            if let Some(people) = people.filter(administrators::Draft::is_given) {
                known.set_value(Some((saved.id, saved.etag.clone())));
                return administrators::assign(kind, saved.id, &people.input()?).await;
            }
            Ok(saved)
        };
        frame.run(call, move |entity| done.run(entity));
    })
}

/// A titled group of fields.
pub fn group(title: &str, fields: Vec<AnyView>) -> AnyView {
    view! { <fieldset class="group"><legend>{title.to_owned()}</legend><div class="fields">{fields}</div></fieldset> }
        .into_any()
}

fn identity(kind: Kind, frame: Form, draft: &Draft, edited: bool) -> Vec<AnyView> {
    let mut fields = vec![field(
        frame,
        Field::new(&format!("{} Name", kind.label()), "/name").required(),
        draft.name,
    )];
    let above = match kind {
        Kind::Distributor => None,
        Kind::Partner => Some(("Distributor", "/distributor_id", "/distributors")),
        Kind::Tenant => Some(("Partner", "/partner_id", "/partners")),
    };
    if let Some((label, pointer, list)) = above {
        let spec = Field::new(label, pointer).required().off(edited).input(lookup(list));
        fields.push(field(frame, spec, draft.parent));
    }
    let standard = format!("Default ({})", state::default_currency());
    let spec = Field::new("Currency", "/currency").input(currencies(&standard));
    fields.push(field(frame, spec, draft.currency));
    fields
}

fn details(frame: Form, draft: &Draft) -> Vec<AnyView> {
    vec![
        field(
            frame,
            Field::new("Legal Name", "/profile/legal_name")
                .required()
                .help("As it stands on documents."),
            draft.legal_name,
        ),
        field(
            frame,
            Field::new("Contact Person", "/profile/contact_person"),
            draft.contact,
        ),
        field(
            frame,
            Field::new("Contact Email Address", "/profile/contact_email_address").of("email"),
            draft.contact_email,
        ),
        field(frame, Field::new("Phone", "/profile/phone").of("tel"), draft.phone),
        field(
            frame,
            Field::new("Notes", "/profile/notes").input(Input::Area),
            draft.notes,
        ),
    ]
}

fn address(frame: Form, draft: &Draft) -> Vec<AnyView> {
    let mut fields = place(frame, "/profile/address", draft.address);
    fields.push(field(
        frame,
        Field::new("Country", "/profile/country")
            .required()
            .help("Two letters, for example DE."),
        draft.country,
    ));
    fields
}

/// The address on documents, asked for only when it is another one.
fn billing_address(frame: Form, draft: &Draft) -> Vec<AnyView> {
    let (apart, billing) = (draft.apart, draft.billing);
    let spec = Field::new("Separate Billing Address", "/profile/billing_address")
        .help("Off: documents carry the address above.")
        .input(Input::Switch);
    vec![
        field(frame, spec, apart),
        (move || {
            let shown = apart.with(|apart| apart == "true");
            shown.then(|| place(frame, "/profile/billing_address", billing))
        })
        .into_any(),
    ]
}

fn place(frame: Form, pointer: &str, place: Place) -> Vec<AnyView> {
    vec![
        field(
            frame,
            Field::new("Street", &format!("{pointer}/lines"))
                .input(Input::Area)
                .help("One line of the address in each line."),
            place.street,
        ),
        field(
            frame,
            Field::new("Postal Code", &format!("{pointer}/postal_code")),
            place.postal_code,
        ),
        field(frame, Field::new("City", &format!("{pointer}/city")), place.city),
        field(
            frame,
            Field::new("State or Region", &format!("{pointer}/region")),
            place.region,
        ),
    ]
}

fn invoicing(kind: Kind, frame: Form, draft: &Draft) -> Vec<AnyView> {
    let mut fields = vec![
        field(
            frame,
            Field::new("Billing Contacts", "/profile/billing_contacts")
                .input(Input::Area)
                .help("Mail addresses, one in each line, at most ten."),
            draft.contacts,
        ),
        field(frame, Field::new("Tax Id", "/profile/tax_id"), draft.tax_id),
        field(
            frame,
            Field::new("Document Locale", "/profile/locale").help("For example de-DE; empty: as the level above."),
            draft.locale,
        ),
    ];
    if kind == Kind::Tenant {
        fields.extend([
            field(
                frame,
                Field::new("Payment Terms", "/payment_terms_days")
                    .of("number")
                    .unit("days")
                    .help("Empty: the system setting."),
                draft.terms,
            ),
            field(
                frame,
                Field::new("Tax Treatment", "/tax_treatment")
                    .required()
                    .input(tax_treatments()),
                draft.treatment,
            ),
            field(
                frame,
                Field::new("Tax Rate", "/tax_rate").unit("%").help("Empty: by country."),
                draft.rate,
            ),
            field(
                frame,
                Field::new("Tax Label", "/tax_label").help("For example VAT."),
                draft.label,
            ),
            field(
                frame,
                Field::new("Tax Note", "/tax_note")
                    .input(Input::Area)
                    .help("Printed when no tax is charged."),
                draft.note,
            ),
        ]);
    }
    fields
}
