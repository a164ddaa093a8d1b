//! The meter catalogue (P-1 to P-3).

use persistence::meter::MeterRow;
use persistence::{PageOf, PageRequest};

use crate::authorize::authorize;
use crate::{Actor, App, Error};

const TABLE: &str = include_str!("../../../../spec/meters.csv");

/// Adds the meters of `spec/meters.csv` that are missing (P-1). Running it again changes nothing.
///
/// # Errors
/// [`Error::Internal`] when the table is malformed or the database fails.
pub async fn seed(app: &App) -> Result<(), Error> {
    let meters = table()?;
    let tx = app.store().begin().await?;
    tx.meters().add_missing(&meters, app.clock().now()).await?;
    tx.commit().await?;
    Ok(())
}

/// A page of the catalogue, of one category or of all.
///
/// # Errors
/// [`Error::NotPermitted`].
pub async fn list(
    app: &App,
    actor: &Actor,
    category: Option<&str>,
    page: &PageRequest,
) -> Result<PageOf<MeterRow>, Error> {
    let tx = app.store().read().await?;
    authorize(app, &tx, actor, "meter.list").await?;
    Ok(tx.meters().list(category, page).await?)
}

/// What a unit's quantity means (P-2): `hour`, `month` or `count`.
pub fn unit_kind(unit: &str) -> &'static str {
    let unit = unit.to_lowercase();
    if unit.ends_with("*hours") || matches!(unit.as_str(), "hours" | "1 hour" | "ip addresses") {
        "hour"
    } else if unit.ends_with("*month") {
        "month"
    } else {
        "count"
    }
}

fn table() -> Result<Vec<MeterRow>, Error> {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let mut meters = Vec::new();
    for record in reader.records() {
        let record = record.map_err(Error::internal)?;
        let field = |index: usize| {
            let text = record.get(index).map(str::to_owned);
            text.ok_or_else(|| Error::internal("a row of meters.csv is too short"))
        };
        let unit = field(3)?;
        meters.push(MeterRow {
            meter_id: field(0)?.to_lowercase(),
            name: field(1)?,
            category: field(2)?,
            unit_kind: unit_kind(&unit).to_owned(),
            unit,
            description: field(4)?,
            known: true,
        });
    }
    Ok(meters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_unit_follows_from_its_text() {
        for unit in [
            "VM*hours",
            "vCore*hours",
            "hours",
            "1 hour",
            "IP addresses",
            "bytes*hours",
        ] {
            assert_eq!(unit_kind(unit), "hour", "{unit} (P-2)");
        }
        assert_eq!(unit_kind("disks*month"), "month");
        for unit in ["GB", "10,000 requests", "GB-s", "unknown"] {
            assert_eq!(unit_kind(unit), "count", "{unit} (P-2)");
        }
    }

    #[test]
    fn every_meter_of_the_table_has_a_name_a_category_and_a_unit() {
        let meters = table().unwrap();
        assert_eq!(meters.len(), 86);
        assert!(
            meters
                .iter()
                .all(|meter| !meter.name.is_empty() && !meter.category.is_empty() && !meter.unit.is_empty())
        );
        let vm = meters
            .iter()
            .find(|meter| meter.meter_id == "6dab500f-a4fd-49c4-956d-229bb9c8c793")
            .unwrap();
        assert_eq!((vm.unit.as_str(), vm.unit_kind.as_str()), ("VM*hours", "hour"));
    }
}
