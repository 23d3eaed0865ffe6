use bk_device::PresentedHostKey;

use super::super::read::read;
use super::*;

fn device(name: &str, address: &str, aliases: &[&str]) -> DeviceEntry {
    DeviceEntry {
        name: DeviceName::new(name).unwrap(),
        aliases: aliases
            .iter()
            .map(|alias| DeviceName::new(*alias).unwrap())
            .collect(),
        address: address.to_owned(),
        port: 22,
        credentials: Some("lab".to_owned()),
        groups: Vec::new(),
        jump: None,
        practice: false,
        added_at: DateTime::UNIX_EPOCH,
    }
}

fn judged(devices: &[DeviceEntry], text: &str) -> Judged {
    judged_with(devices, &[], text)
}

fn judged_with(devices: &[DeviceEntry], host_keys: &[HostKey], text: &str) -> Judged {
    let (_, rows) = read(text, None).unwrap();
    let credentials = ["lab", "field"]
        .map(|name| (name.to_owned(), ("kestrel".to_owned(), SignInWay::Password)))
        .into();
    let jumps = BTreeSet::from(["JUMP-A01".to_owned()]);
    let known = Known {
        devices,
        host_keys,
        credentials: &credentials,
        jumps: &jumps,
        default_credentials: Some("lab"),
        now: DateTime::UNIX_EPOCH,
    };
    judge(&rows, &known)
}

fn check(devices: &[DeviceEntry], text: &str, expected: &[(u32, ImportVerdict, &str)]) {
    let rows = judged(devices, text).rows;
    let found: Vec<(u32, ImportVerdict, &str)> = rows
        .iter()
        .map(|row| (row.line, row.verdict, row.detail.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn new_devices_are_added() {
    check(
        &[],
        "LEAF-A01 192.0.2.1\nSPINE-1 spine-1.example 2222 field\n",
        &[(1, ImportVerdict::Added, ""), (2, ImportVerdict::Added, "")],
    );
    let devices = judged(&[], "LEAF-A01 192.0.2.1\nSPINE-1 Spine-1.Example 2222 field\n").devices;
    let shown: Vec<_> = devices
        .iter()
        .map(|d| (d.name.as_str(), d.address.as_str(), d.port))
        .collect();
    assert_eq!(
        shown,
        [
            ("LEAF-A01", "192.0.2.1", 22),
            ("SPINE-1", "spine-1.example", 2222)
        ]
    );
    assert_eq!(devices[0].credentials.as_deref(), Some("lab"));
    assert_eq!(devices[1].credentials.as_deref(), Some("field"));
}

#[test]
fn two_names_of_one_address_are_one_device() {
    let text = "SS-1-NCC0 192.0.2.9\nSS-1-NCC1 192.0.2.9:22\nSS-1-NCC1 192.0.2.9\n";
    check(
        &[],
        text,
        &[
            (1, ImportVerdict::Added, ""),
            (2, ImportVerdict::Alias, "another name of SS-1-NCC0"),
            (3, ImportVerdict::Unchanged, "another name of SS-1-NCC0"),
        ],
    );
    let devices = judged(&[], text).devices;
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].aliases, [DeviceName::new("SS-1-NCC1").unwrap()]);
}

#[test]
fn one_place_in_two_spellings_is_one_place() {
    check(
        &[],
        "A 2001:db8::1\nB [2001:0db8:0:0::1]:22\nC Host.example\nD host.EXAMPLE:22\n",
        &[
            (1, ImportVerdict::Added, ""),
            (2, ImportVerdict::Alias, "another name of A"),
            (3, ImportVerdict::Added, ""),
            (4, ImportVerdict::Alias, "another name of C"),
        ],
    );
}

#[test]
fn what_is_known_changes_or_stays() {
    let known = [
        device("LEAF-A01", "192.0.2.1", &[]),
        device("LEAF-A02", "192.0.2.2", &["OLD-A02"]),
    ];
    check(
        &known,
        "LEAF-A01 192.0.2.1\nLEAF-A02 192.0.2.7 field\n",
        &[
            (1, ImportVerdict::Unchanged, ""),
            (
                2,
                ImportVerdict::Changed,
                "address 192.0.2.2:22 becomes 192.0.2.7:22; credentials lab become field",
            ),
        ],
    );
    let changed = judged(&known, "LEAF-A02 192.0.2.7\n").devices;
    assert_eq!(
        changed[0].aliases, known[1].aliases,
        "what a row doesn't say stays"
    );
}

#[test]
fn contradictions_are_refused_by_line() {
    let known = [
        device("LEAF-A01", "192.0.2.1", &[]),
        device("LEAF-A02", "192.0.2.2", &["OLD-A02"]),
    ];
    check(
        &known,
        "LEAF-A01 192.0.2.2\nOLD-A02 192.0.2.8\nB 192.0.2.3\nB 192.0.2.4\n",
        &[
            (
                1,
                ImportVerdict::Refused,
                "LEAF-A01 is a device of its own and can't stand at the address of LEAF-A02 too",
            ),
            (
                2,
                ImportVerdict::Refused,
                "OLD-A02 is a further name of LEAF-A02 at 192.0.2.2",
            ),
            (3, ImportVerdict::Added, ""),
            (
                4,
                ImportVerdict::Refused,
                "B stands in line 3 with another address",
            ),
        ],
    );
}

#[test]
fn values_that_can_not_be_used_are_refused_by_line() {
    let text = "name,address,port,credentials\n\
        \"two\nlines\",192.0.2.1,,\n\
        <b>bold</b>,192.0.2.2,,\n\
        ,192.0.2.3,,\n\
        A,,,\n\
        B,192.0.2.999,,\n\
        C,192.0.2.4,0,\n\
        D,192.0.2.5,65536,\n\
        E,host name,,\n\
        F,192.0.2.6,22,nobody\n\
        G,-oProxyCommand=x,,\n\
        H,192.0.2.7,22,field\n";
    let expected = [
        (2, ImportVerdict::Refused, "a device name can't contain '\\n'"),
        (4, ImportVerdict::Refused, "a device name can't contain '<'"),
        (5, ImportVerdict::Refused, "it has no name"),
        (6, ImportVerdict::Refused, "A has no address"),
        (
            7,
            ImportVerdict::Refused,
            "192.0.2.999 is neither an address nor a host name",
        ),
        (8, ImportVerdict::Refused, "port 0 is not 1 to 65535"),
        (9, ImportVerdict::Refused, "port 65536 is not 1 to 65535"),
        (
            10,
            ImportVerdict::Refused,
            "host name is neither an address nor a host name",
        ),
        (
            11,
            ImportVerdict::Refused,
            "the credentials nobody are not known; add them first",
        ),
        (
            12,
            ImportVerdict::Refused,
            "-oProxyCommand=x is neither an address nor a host name",
        ),
        (13, ImportVerdict::Added, ""),
    ];
    check(&[], text, &expected);
    let rows = judged(&[], text).rows;
    assert_eq!(rows[0].name, "two\\nlines", "what is shown holds no line end");
    assert_eq!(
        judged(&[], text).devices.len(),
        1,
        "refused rows keep no other from being imported"
    );
}

#[test]
fn passwords_are_not_taken_from_a_text() {
    let judged = judged(&[], "name,address,password\nLEAF-A01,192.0.2.1,canary\n");
    assert_eq!(judged.rows[0].verdict, ImportVerdict::Added);
    let detail = judged.rows[0].detail.as_deref().unwrap();
    assert_eq!(detail, "its password was not taken: set it with the credentials");
    assert!(!format!("{:?}", judged.devices).contains("canary"));
}

#[test]
fn hostile_text_is_shown_inert() {
    assert_eq!(printable("a\u{202e}b\u{1b}[31m\n"), "a\\u{202e}b\\u{1b}[31m\\n");
}

const ONE: &str = "SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TWO: &str = "SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn trusted(address: &str, fingerprint: &str) -> HostKey {
    HostKey {
        address: address.to_owned(),
        port: 22,
        algorithm: "ssh-ed25519".to_owned(),
        fingerprint: fingerprint.to_owned(),
        first_seen: DateTime::UNIX_EPOCH,
        accepted_by: "kestrel".to_owned(),
    }
}

fn keys_of(judged: &Judged) -> Vec<(&str, &str, &str)> {
    judged
        .host_keys
        .iter()
        .map(|key| {
            (
                key.device.as_str(),
                key.address.as_str(),
                key.fingerprint.as_str(),
            )
        })
        .collect()
}

#[test]
fn a_host_key_that_a_person_brings_becomes_trusted_where_none_was() {
    let text = format!("name,address,fingerprint\nLEAF-A01,192.0.2.1,{ONE}\nALSO-A01,192.0.2.1,{ONE}\n");
    let found = judged(&[], &text);
    assert_eq!(keys_of(&found), [("LEAF-A01", "192.0.2.1", ONE)]);
    assert_eq!(
        found.rows[0].detail.as_deref(),
        Some(format!("its host key {ONE} becomes trusted").as_str())
    );
    assert_eq!(found.rows[1].verdict, ImportVerdict::Alias);

    // A device that stands in the inventory gets its key; nothing else of it changes.
    let known = [device("LEAF-A01", "192.0.2.1", &[])];
    let later = judged(
        &known,
        &format!("name,address,host_key\nLEAF-A01,192.0.2.1,{ONE}\n"),
    );
    assert_eq!(later.rows[0].verdict, ImportVerdict::Changed);
    assert!(later.devices.is_empty());
    assert_eq!(keys_of(&later).len(), 1);
    let again = judged_with(
        &known,
        &[trusted("192.0.2.1", ONE)],
        &format!("name,address,host_key\nLEAF-A01,192.0.2.1,{ONE}\n"),
    );
    assert_eq!(
        (again.rows[0].verdict, again.host_keys.len()),
        (ImportVerdict::Unchanged, 0)
    );
}

#[test]
fn another_host_key_than_the_trusted_one_is_refused_with_both() {
    let known = [device("LEAF-A01", "192.0.2.1", &[])];
    let text = format!("name,address,host_key\nLEAF-A01,192.0.2.1,{TWO}\nLEAF-A02,192.0.2.2,{TWO}\n");
    let found = judged_with(&known, &[trusted("192.0.2.1", ONE)], &text);
    let detail = found.rows[0].detail.as_deref().unwrap();
    assert_eq!(found.rows[0].verdict, ImportVerdict::Refused);
    assert!(
        detail.contains(ONE) && detail.contains(TWO) && detail.contains("LEAF-A01"),
        "{detail}"
    );
    assert_eq!(
        keys_of(&found),
        [("LEAF-A02", "192.0.2.2", TWO)],
        "the other row is taken"
    );
    // Two rows of one text contradict each other.
    let text = format!("name,address,host_key\nA,192.0.2.9,{ONE}\nB,192.0.2.9,{TWO}\n");
    assert_eq!(judged(&[], &text).rows[1].verdict, ImportVerdict::Refused);
}

#[test]
fn a_whole_public_key_is_read_too() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    let fingerprint = PresentedHostKey::parse(key).unwrap().fingerprint;
    let found = judged(
        &[],
        &format!("name,address,host_key,host_key_fingerprint\nLEAF-A01,192.0.2.1,{key},{fingerprint}\n"),
    );
    assert_eq!(found.host_keys[0].algorithm.as_deref(), Some("ssh-ed25519"));
    assert_eq!(found.host_keys[0].fingerprint, fingerprint);
    check(
        &[],
        &format!("name,address,host_key,fingerprint\nA,192.0.2.1,{key},{TWO}\nB,192.0.2.2,md5:00,\n"),
        &[
            (
                2,
                ImportVerdict::Refused,
                &format!("its host key has the fingerprint {fingerprint}, and it says {TWO}"),
            ),
            (
                3,
                ImportVerdict::Refused,
                "md5:00 is neither a fingerprint (SHA256:...) nor a public key",
            ),
        ],
    );
}

proptest::proptest! {
    /// Whatever is pasted: nothing breaks, each row keeps a line of the text, and nothing unprintable is shown.
    #[test]
    fn any_text_gives_rows_that_can_be_shown(
        text in "((name|address|port|[-a-z0-9.:\\[\\]]{1,8}|\"|\\PC{0,6})[,;\t \n\r]{1,2}){0,30}",
        source in proptest::option::of("[a-z]{1,3}\\.(csv|yaml|txt)"),
    ) {
        if let Ok((_, rows)) = read(&text, source.as_deref()) {
            let (credentials, jumps) = (BTreeMap::new(), BTreeSet::new());
            let known =
                Known {
                devices: &[],
                host_keys: &[],
                credentials: &credentials,
                jumps: &jumps,
                default_credentials: None,
                now: DateTime::UNIX_EPOCH,
            };
            let judged = judge(&rows, &known);
            proptest::prop_assert_eq!(judged.rows.len(), rows.len());
            let lines = text.replace("\r\n", "\n").replace('\r', "\n").lines().count() as u32;
            for row in &judged.rows {
                proptest::prop_assert!(row.line >= 1 && row.line <= lines.max(1) + 1, "line {} of {}", row.line, lines);
                proptest::prop_assert!(!row.name.chars().any(char::is_control));
                proptest::prop_assert!(!row.address.chars().any(char::is_control));
            }
            let places: BTreeSet<_> = judged.devices.iter().map(|device| (&device.address, device.port)).collect();
            proptest::prop_assert_eq!(places.len(), judged.devices.len(), "one device for one place");
        }
    }
}

#[test]
fn a_key_file_makes_credentials_and_a_jump_host_must_be_known() {
    let text = "name,address,user,key,jump,credentials\n\
                LEAF-A01,192.0.2.1,birch,/keys/lab,JUMP-A01,\n\
                LEAF-A02,192.0.2.2,birch,/keys/lab,,\n\
                LEAF-A03,192.0.2.3,birch,/keys/other,,birch with lab\n\
                LEAF-A04,192.0.2.4,,/keys/lab,,\n\
                LEAF-A05,192.0.2.5,birch,/keys/lab,JUMP-B07,\n\
                LEAF-A06,192.0.2.6,birch,/keys/lab,,field\n\
                LEAF-A07,192.0.2.7,birch,ssh-ed25519 AAAA,,\n";
    check(
        &[],
        text,
        &[
            (
                2,
                ImportVerdict::Added,
                "credentials birch with lab are added for its key file",
            ),
            (3, ImportVerdict::Added, ""),
            (
                4,
                ImportVerdict::Refused,
                "an earlier row gives the credentials birch with lab another user or key",
            ),
            (5, ImportVerdict::Refused, "it names a key file and no user"),
            (
                6,
                ImportVerdict::Refused,
                "the jump host JUMP-B07 is not known; add it first",
            ),
            (
                7,
                ImportVerdict::Refused,
                "the credentials field are known already with another user or key",
            ),
            (
                8,
                ImportVerdict::Refused,
                "its key column holds a key; only the path of its file may stand there",
            ),
        ],
    );
    let judged = judged(&[], text);
    let devices: Vec<_> = judged
        .devices
        .iter()
        .map(|device| (device.credentials.as_deref(), device.jump.as_deref()))
        .collect();
    assert_eq!(
        devices,
        [
            (Some("birch with lab"), Some("JUMP-A01")),
            (Some("birch with lab"), None)
        ]
    );
    let [login] = &judged.credentials[..] else {
        panic!("{:?}", judged.credentials)
    };
    assert_eq!((login.user.as_str(), login.file.as_str()), ("birch", "/keys/lab"));
}
