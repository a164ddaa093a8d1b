//! Words of the documents by language (B-96).

use serde::Serialize;

/// A language the documents speak; all others fall back to English (B-96).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `en`
    English,
    /// `de`
    German,
    /// `fr`
    French,
    /// `es`
    Spanish,
}

impl Language {
    /// Reads the language subtag.
    pub fn from_code(code: &str) -> Self {
        match code {
            "de" => Self::German,
            "fr" => Self::French,
            "es" => Self::Spanish,
            _ => Self::English,
        }
    }

    /// The language subtag.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }
}

/// The words of one language. `{}` is replaced by the value named in the field's comment.
#[derive(Debug, Serialize)]
pub struct Labels {
    pub(crate) invoice: &'static str,
    pub(crate) credit_note: &'static str,
    pub(crate) preview: &'static str,
    number: &'static str,
    issued_on: &'static str,
    due_on: &'static str,
    period: &'static str,
    from: &'static str,
    bill_to: &'static str,
    tax_id: &'static str,
    description: &'static str,
    quantity: &'static str,
    unit: &'static str,
    rate: &'static str,
    amount: &'static str,
    pub(crate) tiered: &'static str,
    pub(crate) unpriced: &'static str,
    pub(crate) discount: &'static str,
    pub(crate) credit: &'static str,
    pub(crate) credits: &'static str,
    /// The month.
    pub(crate) late_usage: &'static str,
    /// The document numbers.
    pub(crate) corrects: &'static str,
    net: &'static str,
    pub(crate) tax: &'static str,
    total: &'static str,
    /// The days.
    pub(crate) terms: &'static str,
    pub(crate) terms_now: &'static str,
    /// The currency code.
    pub(crate) currency: &'static str,
    /// The time zone.
    pub(crate) time_zone: &'static str,
    exchange_rates: &'static str,
    /// The date.
    pub(crate) valid_from: &'static str,
    /// Page and pages.
    page: &'static str,
    of: &'static str,
    annex: &'static str,
    rule: &'static str,
    step: &'static str,
    result: &'static str,
    no_lines: &'static str,
    #[serde(skip)]
    months: [&'static str; 12],
    #[serde(skip)]
    months_short: [&'static str; 12],
}

impl Labels {
    /// The words of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::French => &FRENCH,
            Language::Spanish => &SPANISH,
        }
    }

    /// Name of a month, 1 to 12.
    pub fn month(&self, month: u32) -> &'static str {
        pick(&self.months, month)
    }

    /// Short name of a month, 1 to 12.
    pub fn month_short(&self, month: u32) -> &'static str {
        pick(&self.months_short, month)
    }
}

fn pick(months: &[&'static str; 12], month: u32) -> &'static str {
    usize::try_from(month)
        .ok()
        .and_then(|month| month.checked_sub(1))
        .and_then(|at| months.get(at).copied())
        .unwrap_or_default()
}

static ENGLISH: Labels = Labels {
    invoice: "Invoice",
    credit_note: "Credit Note",
    preview: "Preview",
    number: "Number",
    issued_on: "Issued on",
    due_on: "Due on",
    period: "Billing period",
    from: "From",
    bill_to: "Bill to",
    tax_id: "Tax ID",
    description: "Description",
    quantity: "Quantity",
    unit: "Unit",
    rate: "Rate",
    amount: "Amount",
    tiered: "tiered",
    unpriced: "unpriced",
    discount: "Discount",
    credit: "Credit",
    credits: "Credits",
    late_usage: "Late usage for {}",
    corrects: "corrects {}",
    net: "Net",
    tax: "Tax",
    total: "Total",
    terms: "Payable within {} days of the date of issue.",
    terms_now: "Payable on receipt.",
    currency: "All amounts are in {}.",
    time_zone: "Dates are in the time zone {}; usage is counted in UTC.",
    exchange_rates: "Exchange rates used",
    valid_from: "from {}",
    page: "Page",
    of: "of",
    annex: "Annex: how each line was calculated",
    rule: "Rule",
    step: "Step",
    result: "Result",
    no_lines: "No usage in this period.",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    months_short: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
};

static GERMAN: Labels = Labels {
    invoice: "Rechnung",
    credit_note: "Gutschrift",
    preview: "Vorschau",
    number: "Nummer",
    issued_on: "Ausgestellt am",
    due_on: "Fällig am",
    period: "Abrechnungszeitraum",
    from: "Von",
    bill_to: "Rechnung an",
    tax_id: "Steuernummer",
    description: "Beschreibung",
    quantity: "Menge",
    unit: "Einheit",
    rate: "Preis",
    amount: "Betrag",
    tiered: "gestaffelt",
    unpriced: "ohne Preis",
    discount: "Rabatt",
    credit: "Gutschrift",
    credits: "Gutschriften",
    late_usage: "Nachträgliche Nutzung für {}",
    corrects: "berichtigt {}",
    net: "Netto",
    tax: "Steuer",
    total: "Gesamtbetrag",
    terms: "Zahlbar innerhalb von {} Tagen ab Rechnungsdatum.",
    terms_now: "Zahlbar sofort nach Erhalt.",
    currency: "Alle Beträge in {}.",
    time_zone: "Daten in der Zeitzone {}; die Nutzung wird in UTC gezählt.",
    exchange_rates: "Verwendete Wechselkurse",
    valid_from: "ab {}",
    page: "Seite",
    of: "von",
    annex: "Anhang: Berechnung der einzelnen Positionen",
    rule: "Regel",
    step: "Schritt",
    result: "Ergebnis",
    no_lines: "Keine Nutzung in diesem Zeitraum.",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    months_short: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
    ],
};

static FRENCH: Labels = Labels {
    invoice: "Facture",
    credit_note: "Avoir",
    preview: "Aperçu",
    number: "Numéro",
    issued_on: "Émise le",
    due_on: "Échéance",
    period: "Période de facturation",
    from: "De",
    bill_to: "Facturé à",
    tax_id: "Numéro fiscal",
    description: "Description",
    quantity: "Quantité",
    unit: "Unité",
    rate: "Tarif",
    amount: "Montant",
    tiered: "par paliers",
    unpriced: "sans tarif",
    discount: "Remise",
    credit: "Crédit",
    credits: "Crédits",
    late_usage: "Utilisation tardive pour {}",
    corrects: "corrige {}",
    net: "Montant net",
    tax: "Taxe",
    total: "Total",
    terms: "Payable dans les {} jours suivant la date d’émission.",
    terms_now: "Payable à réception.",
    currency: "Tous les montants sont en {}.",
    time_zone: "Dates dans le fuseau horaire {} ; l’utilisation est comptée en UTC.",
    exchange_rates: "Taux de change utilisés",
    valid_from: "à partir du {}",
    page: "Page",
    of: "sur",
    annex: "Annexe : calcul de chaque ligne",
    rule: "Règle",
    step: "Étape",
    result: "Résultat",
    no_lines: "Aucune utilisation pour cette période.",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    months_short: [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
};

static SPANISH: Labels = Labels {
    invoice: "Factura",
    credit_note: "Nota de crédito",
    preview: "Vista previa",
    number: "Número",
    issued_on: "Fecha de emisión",
    due_on: "Vencimiento",
    period: "Período de facturación",
    from: "De",
    bill_to: "Facturar a",
    tax_id: "NIF",
    description: "Descripción",
    quantity: "Cantidad",
    unit: "Unidad",
    rate: "Tarifa",
    amount: "Importe",
    tiered: "por tramos",
    unpriced: "sin precio",
    discount: "Descuento",
    credit: "Crédito",
    credits: "Créditos",
    late_usage: "Uso tardío de {}",
    corrects: "corrige {}",
    net: "Neto",
    tax: "Impuesto",
    total: "Total",
    terms: "Pagadero en un plazo de {} días desde la fecha de emisión.",
    terms_now: "Pagadero a la recepción.",
    currency: "Todos los importes en {}.",
    time_zone: "Fechas en la zona horaria {}; el uso se cuenta en UTC.",
    exchange_rates: "Tipos de cambio utilizados",
    valid_from: "desde {}",
    page: "Página",
    of: "de",
    annex: "Anexo: cálculo de cada línea",
    rule: "Regla",
    step: "Paso",
    result: "Resultado",
    no_lines: "Sin uso en este período.",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    months_short: [
        "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic",
    ],
};
