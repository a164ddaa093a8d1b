//! Who lives in the demo's world. All of them are invented.

/// A company: name, street, postal code, city, country.
pub type Company = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// A distributor with its three partners, each with its three tenants.
#[derive(Debug)]
pub struct Branch {
    /// The distributor.
    pub distributor: Company,
    /// Partners with their tenants.
    pub partners: [(Company, [Company; 3]); 3],
}

/// The whole organisation.
pub const BRANCHES: [Branch; 3] = [
    Branch {
        distributor: ("Aurora Distribution", "Dronning Eufemias gate 16", "0191", "Oslo", "NO"),
        partners: [
            (
                ("Fjord Cloud", "Bryggen 12", "5003", "Bergen", "NO"),
                [
                    ("Harbour Freight", "Skoltegrunnskaien 4", "5003", "Bergen", "NO"),
                    ("Nordlys Media", "Storgata 71", "9008", "Tromsø", "NO"),
                    ("Vestland Fisheries", "Strandgata 8", "6002", "Ålesund", "NO"),
                ],
            ),
            (
                ("Polaris Systems", "Munkegata 30", "7011", "Trondheim", "NO"),
                [
                    ("Trondheim Robotics", "Ranheimsveien 9", "7044", "Trondheim", "NO"),
                    ("Kvist & Berg Architects", "Olavskvartalet 3", "7011", "Trondheim", "NO"),
                    ("Midnattsol Energy", "Sjøgata 22", "8006", "Bodø", "NO"),
                ],
            ),
            (
                ("Skerry Managed IT", "Vasagatan 28", "111 20", "Stockholm", "SE"),
                [
                    ("Gamla Stan Books", "Västerlånggatan 41", "111 29", "Stockholm", "SE"),
                    ("Lindholm Logistics", "Frihamnsgatan 15", "417 55", "Göteborg", "SE"),
                    ("Öresund Clinics", "Stortorget 6", "211 34", "Malmö", "SE"),
                ],
            ),
        ],
    },
    Branch {
        distributor: ("Helvetia Channel", "Bahnhofstrasse 45", "8001", "Zürich", "CH"),
        partners: [
            (
                ("Matterhorn IT", "Marktgasse 20", "3011", "Bern", "CH"),
                [
                    ("Aare Insurance", "Bundesplatz 2", "3011", "Bern", "CH"),
                    ("Emmental Dairy", "Dorfstrasse 17", "3550", "Langnau", "CH"),
                    ("Simmental Railways", "Bahnhofplatz 1", "3770", "Zweisimmen", "CH"),
                ],
            ),
            (
                ("Lac Léman Cloud", "Rue du Rhône 62", "1204", "Genève", "CH"),
                [
                    (
                        "Horlogerie Vautier",
                        "Rue de la Confédération 5",
                        "1204",
                        "Genève",
                        "CH",
                    ),
                    ("Clinique du Parc", "Avenue de Cour 48", "1007", "Lausanne", "CH"),
                    ("Chablais Transports", "Route de la Gare 11", "1870", "Monthey", "CH"),
                ],
            ),
            (
                ("Rheinfall Digital", "Vordergasse 33", "8200", "Schaffhausen", "CH"),
                [
                    ("Munot Pharma", "Mühlenstrasse 26", "8200", "Schaffhausen", "CH"),
                    ("Bodensee Yachts", "Hafenstrasse 9", "8280", "Kreuzlingen", "CH"),
                    ("Thur Mills", "Mühleweg 3", "8500", "Frauenfeld", "CH"),
                ],
            ),
        ],
    },
    Branch {
        distributor: ("Danubia Partners", "Praterstraße 31", "1020", "Wien", "AT"),
        partners: [
            (
                ("Alpenblick Services", "Herrengasse 9", "8010", "Graz", "AT"),
                [
                    ("Steirische Obst", "Lagerstraße 14", "8200", "Gleisdorf", "AT"),
                    ("Murtal Steel", "Werkstraße 1", "8700", "Leoben", "AT"),
                    ("Schlossberg Hotels", "Sackstraße 18", "8010", "Graz", "AT"),
                ],
            ),
            (
                ("Isar Hosting", "Sendlinger Straße 8", "80331", "München", "DE"),
                [
                    (
                        "Bavaria Brewing Supplies",
                        "Landsberger Straße 155",
                        "80687",
                        "München",
                        "DE",
                    ),
                    ("Ammersee Optics", "Seestraße 27", "82211", "Herrsching", "DE"),
                    ("Kastl Machine Tools", "Industriestraße 40", "84556", "Kastl", "DE"),
                ],
            ),
            (
                ("Vltava Networks", "Národní 36", "110 00", "Praha", "CZ"),
                [
                    ("Bohemia Glass", "Sklářská 12", "466 01", "Jablonec", "CZ"),
                    ("Moravia Seeds", "Olomoucká 75", "627 00", "Brno", "CZ"),
                    ("Praha Theatre Union", "Vodičkova 20", "110 00", "Praha", "CZ"),
                ],
            ),
        ],
    },
];

/// First and last names of contacts and users.
const PEOPLE: [(&str, &str); 12] = [
    ("Ingrid", "Solberg"),
    ("Anders", "Nyström"),
    ("Claire", "Rochat"),
    ("Beat", "Zumstein"),
    ("Katharina", "Moser"),
    ("Jan", "Dvořák"),
    ("Maria", "Huber"),
    ("Lars", "Haugen"),
    ("Elena", "Conti"),
    ("Tomáš", "Svoboda"),
    ("Sofia", "Lindqvist"),
    ("Markus", "Brunner"),
];

/// A first and a last name; after the last person the first comes again.
pub fn person(number: usize) -> (&'static str, &'static str) {
    PEOPLE
        .get(number % PEOPLE.len())
        .copied()
        .unwrap_or(("Ingrid", "Solberg"))
}

/// The part of a mail address that a company's name gives.
pub fn domain_of(company: &str) -> String {
    let company = company.to_lowercase();
    let plain = company.chars().filter_map(|letter| match letter {
        'a'..='z' | '0'..='9' => Some(letter),
        'ä' | 'å' | 'á' => Some('a'),
        'é' | 'è' => Some('e'),
        'ö' | 'ø' | 'ó' => Some('o'),
        'ü' => Some('u'),
        _ => None,
    });
    format!("{}.example", plain.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_domain_is_plain_letters() {
        assert_eq!(domain_of("Lac Léman Cloud"), "laclemancloud.example");
        assert_eq!(domain_of("Kvist & Berg Architects"), "kvistbergarchitects.example");
    }
}
