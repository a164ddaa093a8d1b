//! What a usage row says about its resource.

use std::borrow::Cow;

use crate::scan::{ScanFault, Scanner, decode};

/// `instanceData`, read. The stamp nests JSON in strings and leaves fields out in several ways; all are accepted (U-39).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceData {
    /// Full path of the resource.
    pub resource_uri: String,
    /// Name of the region as the stamp knows it; empty when not given.
    pub location: String,
    /// Tags as JSON text; nothing when absent, null, empty or the text `null`.
    pub tags: Option<String>,
    /// Additional information as JSON text; nothing likewise.
    pub additional_info: Option<String>,
    /// `ServiceType` of the additional information: the size of a virtual machine.
    pub service_type: Option<String>,
}

/// The raw values of the fields that are read.
#[derive(Default)]
struct Fields<'a> {
    resource_uri: Option<&'a str>,
    location: Option<&'a str>,
    tags: Option<&'a str>,
    additional_info: Option<&'a str>,
}

impl<'a> Fields<'a> {
    /// Finds the fields inside `{"Microsoft.Resources":{…}}`.
    fn find(text: &'a str) -> Result<Self, ScanFault> {
        let mut fields = Self::default();
        let mut scanner = Scanner::new(text);
        scanner.object(|key, scanner| {
            if key == r#""Microsoft.Resources""# && scanner.peek() == Some(b'{') {
                return scanner.object(|key, scanner| fields.keep(key, scanner.value()?));
            }
            scanner.value().map(drop)
        })?;
        if scanner.peek().is_some() {
            return Err(ScanFault::Unexpected);
        }
        Ok(fields)
    }

    fn keep(&mut self, key: &str, value: &'a str) -> Result<(), ScanFault> {
        let slot = match key {
            r#""resourceUri""# => &mut self.resource_uri,
            r#""location""# => &mut self.location,
            r#""tags""# => &mut self.tags,
            r#""additionalInfo""# => &mut self.additional_info,
            _ => return Ok(()),
        };
        if slot.replace(value).is_some() {
            return Err(ScanFault::Unexpected);
        }
        Ok(())
    }
}

impl InstanceData {
    /// Reads the text inside `instanceData`; nothing when it names no resource.
    pub fn parse(text: &str) -> Option<Self> {
        let fields = Fields::find(text).ok()?;
        let resource_uri = decode(fields.resource_uri?)?;
        if resource_uri.trim().is_empty() {
            return None;
        }
        let location = match fields.location {
            None | Some("null") => Cow::Borrowed(""),
            Some(raw) => decode(raw)?,
        };
        let additional_info = open_text(fields.additional_info).ok()?;
        Some(Self {
            service_type: additional_info.as_deref().and_then(service_type),
            resource_uri: resource_uri.into_owned(),
            location: location.into_owned(),
            tags: open_text(fields.tags).ok()?,
            additional_info,
        })
    }

    /// The stock-keeping unit: the size of the virtual machine, else empty.
    pub fn sku(&self) -> &str {
        self.service_type.as_deref().unwrap_or_default()
    }

    /// The resource group inside the path; empty when the path has none. `\` counts as `/`.
    pub fn resource_group(&self) -> &str {
        self.part(4)
    }

    /// The last part of the path; empty when the path is too short.
    pub fn resource_name(&self) -> &str {
        self.resource_uri
            .rsplit(['/', '\\'])
            .find(|part| !part.is_empty())
            .unwrap_or_default()
    }

    fn part(&self, index: usize) -> &str {
        self.resource_uri.split(['/', '\\']).nth(index).unwrap_or_default()
    }
}

/// `ServiceType` inside additional information, when that is an object with such a text.
fn service_type(additional_info: &str) -> Option<String> {
    let mut found = None;
    let walk = Scanner::new(additional_info).object(|key, scanner| {
        let value = scanner.value()?;
        if key == r#""ServiceType""# {
            found = decode(value).map(Cow::into_owned);
        }
        Ok(())
    });
    walk.ok().and(found).filter(|name| !name.is_empty())
}

/// An open value as JSON text; nothing for all ways to say nothing (U-39).
fn open_text(raw: Option<&str>) -> Result<Option<String>, ScanFault> {
    let Some(raw) = raw else {
        return Ok(None);
    };
    let text = if raw.starts_with('"') {
        decode(raw).ok_or(ScanFault::Unexpected)?
    } else {
        Cow::Borrowed(raw)
    };
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed == "null" {
        return Ok(None);
    }
    Ok(Some(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::InstanceData;

    fn with(fields: &str) -> InstanceData {
        InstanceData::parse(&format!(r#"{{"Microsoft.Resources":{{"resourceUri":"/subscriptions/s/resourceGroups/erp/providers/Microsoft.Compute/virtualMachines/db1"{fields}}}}}"#)).unwrap()
    }

    #[test]
    fn tags_and_additional_information_may_be_given_in_every_form_of_u_39() {
        for nothing in [
            "",
            r#","tags":null,"additionalInfo":null"#,
            r#","tags":"","additionalInfo":"""#,
            r#","tags":"null","additionalInfo":"null""#,
        ] {
            let data = with(nothing);
            assert_eq!(
                (data.tags, data.additional_info, data.service_type),
                (None, None, None),
                "{nothing}"
            );
        }
        let text = with(
            r#","tags":"{\"a\":\"b\"}","additionalInfo":"{\"ServiceType\":\"Standard_D4s_v3\",\"ImageType\":null}""#,
        );
        assert_eq!(text.tags.as_deref(), Some(r#"{"a":"b"}"#));
        assert_eq!(text.sku(), "Standard_D4s_v3");
        let object = with(r#","tags":{"a":"b"},"additionalInfo":{"ServiceType":"Standard_D4s_v3"}"#);
        assert_eq!(object.tags.as_deref(), Some(r#"{"a":"b"}"#));
        assert_eq!(object.service_type.as_deref(), Some("Standard_D4s_v3"));
    }

    #[test]
    fn additional_information_without_a_size_has_no_sku() {
        assert_eq!(with(r#","additionalInfo":"free text""#).sku(), "");
        assert_eq!(with(r#","additionalInfo":{"ServiceType":null}"#).sku(), "");
        assert_eq!(with(r#","additionalInfo":{"Publisher":"x"}"#).sku(), "");
    }

    #[test]
    fn group_and_name_are_read_from_the_path() {
        let data = with("");
        assert_eq!((data.resource_group(), data.resource_name()), ("erp", "db1"));
        let back = InstanceData {
            resource_uri: r"\subscriptions\s\resourceGroups\g\providers\P\t\n".to_owned(),
            ..InstanceData::default()
        };
        assert_eq!((back.resource_group(), back.resource_name()), ("g", "n"));
    }

    #[test]
    fn instance_data_that_names_no_resource_is_refused() {
        for text in [
            "",
            "null",
            "{}",
            "[]",
            "text",
            r#"{"Microsoft.Resources":null}"#,
            r#"{"Microsoft.Resources":{}}"#,
            r#"{"Microsoft.Resources":{"resourceUri":" "}}"#,
        ] {
            assert_eq!(InstanceData::parse(text), None, "{text}");
        }
    }
}
