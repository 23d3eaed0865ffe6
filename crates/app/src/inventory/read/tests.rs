use super::*;

fn check(text: &str, source: Option<&str>, format: Format, expected: &str) {
    let (found, rows) = read(text, source).unwrap();
    let shown: Vec<String> = rows
        .iter()
        .map(|row| {
            let of = |field| row.field(field).unwrap_or("-");
            let problem = row
                .problem
                .as_deref()
                .map(|problem| format!(" ! {problem}"))
                .unwrap_or_default();
            let (name, address, port) = (of("name"), of("address"), of("port"));
            format!(
                "{} {name} {address} {port} {}{problem}",
                row.line,
                of("credentials")
            )
        })
        .collect();
    assert_eq!((found, shown.join("\n").as_str()), (format, expected));
}

#[test]
fn pasted_lines() {
    let text = "# lab\nLEAF-A01 192.0.2.1\n\nSPINE-1, 192.0.2.2, 2222\nLEAF-B02\tleaf-b02.example\tfield\nalone.example:8022\n\
                a b c d e\n";
    check(
        text,
        None,
        Format::Lines,
        "2 LEAF-A01 192.0.2.1 - -\n4 SPINE-1 192.0.2.2 2222 -\n5 LEAF-B02 leaf-b02.example - field\n\
         6 alone.example alone.example:8022 - -\n\
         7 - - - - ! a line holds name, address, port and credentials, in this order",
    );
}

#[test]
fn csv_with_its_own_names_and_separators() {
    let text = "Device;Mgmt IP;SSH port;Tags\n\nLEAF-A01;192.0.2.1;22;row a\n;;;\nSPINE-1;192.0.2.2;;x;y\n";
    check(
        text,
        None,
        Format::Csv,
        "3 LEAF-A01 192.0.2.1 22 -\n5 - - - - ! 5 values for 4 columns",
    );
    check(
        "name,ip\n\"two\nlines\",192.0.2.9\nLEAF-A01,192.0.2.1\n",
        Some("lab.csv"),
        Format::Csv,
        "2 two\nlines 192.0.2.9 - -\n4 LEAF-A01 192.0.2.1 - -",
    );
    check(
        "LEAF-A01,192.0.2.1\n",
        Some("lab.csv"),
        Format::Csv,
        "1 - - - - ! the first line must name the columns, among them name and address",
    );
}

#[test]
fn yaml_in_its_three_shapes() {
    let list = "devices:\n  - name: LEAF-A01\n    address: 192.0.2.1\n    tags: [a, b]\n  - SPINE-1\n  - name: LEAF-B02\n    host: b02\n    port: 2222\n";
    let rows = "2 LEAF-A01 192.0.2.1 - -\n5 - - - - ! a device is a mapping with name and address\n6 LEAF-B02 b02 2222 -";
    check(list, None, Format::Yaml, rows);
    check(
        "LEAF-A01:\n  ip: 192.0.2.1\n\"SPINE-1\": 192.0.2.2\n",
        Some("x.yml"),
        Format::Yaml,
        "1 LEAF-A01 192.0.2.1 - -\n3 SPINE-1 192.0.2.2 - -",
    );
    check(
        "- name: A\n  address: {deep: 1}\n",
        None,
        Format::Yaml,
        "1 A - - - ! address is not a plain value or a list of them",
    );
    let (_, rows) = read("devices:\n  - name: [\n", Some("x.yaml")).unwrap();
    assert!(
        rows[0]
            .problem
            .as_deref()
            .is_some_and(|problem| problem.starts_with("the text is not YAML"))
    );
    assert!(rows[0].line >= 2);
}

#[test]
fn a_text_without_devices_says_so() {
    assert_eq!(
        read("\n# nothing\n", None),
        Err("no device stands in it".to_owned())
    );
}

#[test]
fn json_keeps_its_lines() {
    let text = "[\n  {\"name\": \"LEAF-A01\", \"address\": \"192.0.2.1\", \"port\": 2201},\n\n  {\"name\": \"{[\\\"\",\n   \
                \"host\": \"192.0.2.2\", \"groups\": [\"a\", {}]},\n  7\n]\n";
    check(
        text,
        None,
        Format::Json,
        "2 LEAF-A01 192.0.2.1 2201 -\n4 {[\" 192.0.2.2 - - ! groups is not a plain value or a list of them\n\
         1 - - - - ! a device is a mapping with name and address",
    );
    check(
        "{\"devices\": [{\"name\": \"A\", \"address\": \"192.0.2.1\"}]}",
        Some("lab.json"),
        Format::Json,
        "1 A 192.0.2.1 - -",
    );
    check(
        "[{\"name\": \"A\"},\n{]",
        None,
        Format::Json,
        "2 - - - - ! the text is not JSON: key must be a string at line 2 column 2",
    );
    check(
        "[2001:db8::1]:2222",
        None,
        Format::Lines,
        "1 [2001:db8::1]:2222 [2001:db8::1]:2222 - -",
    );
}
