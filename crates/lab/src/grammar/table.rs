//! The statements of the simulated device: REF 5 and 6 complete, and as much of the rest as the
//! fabric needs (system name, logins, LLDP, LACP).

use super::{Arg, Form, InterfaceKind, Statement};
use InterfaceKind::{Bundle, Irb, Other, Physical, SubInterface};

const STATE: Form = Form::Leaf(&[&[Arg::Choice(&["enabled", "disabled"])]]);
const TEXT: Form = Form::Leaf(&[&[Arg::Text]]);
const ANY: Form = Form::Leaf(&[&[Arg::Any]]);
const REST: Form = Form::Leaf(&[&[Arg::Rest]]);
const TPID: Arg = Arg::Choice(&["0x8100", "0x9100", "0x9200", "0x88a8"]);
const VLAN: Arg = Arg::Number(1, 4094);
const ANY_INTERFACE: Arg = Arg::Interface(&[Physical, Bundle, SubInterface, Irb, Other]);

const fn leaf(word: &'static str, form: Form) -> Statement {
    Statement {
        word,
        form,
        prompt: "",
        children: &[],
    }
}

const fn container(word: &'static str, prompt: &'static str, children: &'static [Statement]) -> Statement {
    Statement {
        word,
        form: Form::Container,
        prompt,
        children,
    }
}

const fn entry(
    word: &'static str,
    key: Arg,
    prompt: &'static str,
    children: &'static [Statement],
) -> Statement {
    Statement {
        word,
        form: Form::Entry(key),
        prompt,
        children,
    }
}

/// The statements that may stand at the top of a configuration.
#[must_use]
pub fn root() -> &'static Statement {
    &ROOT
}

static ROOT: Statement = container(
    "",
    "",
    &[
        container("system", "system", SYSTEM),
        container("interfaces", "if", &[entry("", ANY_INTERFACE, "", INTERFACE)]),
        container(
            "network-services",
            "netsrv",
            &[
                container("bridge-domain", "bd", BRIDGE_DOMAIN),
                container("vrf", "vrf", VRF),
            ],
        ),
        container("protocols", "protocols", PROTOCOLS),
    ],
);

/// REF 5.
const BRIDGE_DOMAIN: &[Statement] = &[
    container("mac-handling", "mh", MAC_HANDLING),
    container("storm-control", "sc", GLOBAL_STORM_CONTROL),
    entry("instance", Arg::Name, "inst", INSTANCE),
];

const INSTANCE: &[Statement] = &[
    leaf("admin-state", STATE),
    leaf("description", TEXT),
    entry(
        "interface",
        Arg::Interface(&[Physical, Bundle, SubInterface]),
        "",
        &[container("storm-control", "sc", STORM_CONTROL)],
    ),
    leaf("router-interface", Form::LeafList(Arg::Interface(&[Irb]))),
    container("mac-handling", "mh", MAC_HANDLING),
    container("storm-control", "sc", STORM_CONTROL),
];

const MAC_HANDLING: &[Statement] = &[
    leaf("mac-learning", STATE),
    leaf(
        "mac-table-aging-time",
        Form::Leaf(&[&[Arg::Choice(&["0", "60", "120", "320", "640", "1280"])]]),
    ),
    leaf("mac-table-limit", Form::Leaf(&[&[Arg::Number(20, 64_000)]])),
];

const PACKET_RATE: Form = Form::Leaf(&[&[Arg::Number(10, 100_000_000)]]);
const PACKET_RATE_OR_OFF: Form = Form::Leaf(&[&[Arg::Number(10, 100_000_000)], &[Arg::Word("disabled")]]);

const GLOBAL_STORM_CONTROL: &[Statement] = &[
    leaf("broadcast-packet-rate", PACKET_RATE),
    leaf("multicast-packet-rate", PACKET_RATE),
    leaf("unknown-unicast-packet-rate", PACKET_RATE),
];

const STORM_CONTROL: &[Statement] = &[
    leaf("broadcast-packet-rate", PACKET_RATE_OR_OFF),
    leaf("multicast-packet-rate", PACKET_RATE_OR_OFF),
    leaf("unknown-unicast-packet-rate", PACKET_RATE_OR_OFF),
];

/// REF 6.
const INTERFACE: &[Statement] = &[
    leaf("admin-state", STATE),
    leaf("breakout", REST),
    leaf("bundle-id", Form::Leaf(&[&[Arg::Number(1, 65_535)]])),
    leaf("description", TEXT),
    leaf("fec", ANY),
    leaf(
        "ipv4-address",
        Form::Leaf(&[&[Arg::Any, Arg::Optional(&[Arg::Word("secondary")])]]),
    ),
    leaf("ipv6-address", ANY),
    container(
        "l2-originated-vlan-tags",
        "l2-originated-vlan-tags",
        &[
            leaf("outer-tag", Form::Leaf(&[&[VLAN]])),
            leaf("inner-tag", Form::Leaf(&[&[VLAN]])),
        ],
    ),
    leaf("l2-service", STATE),
    leaf("mac-address", ANY),
    leaf("max-links", Form::Leaf(&[&[Arg::Number(1, 64)]])),
    leaf("min-bandwidth", ANY),
    leaf("min-links", Form::Leaf(&[&[Arg::Number(1, 64)]])),
    leaf("mixed-type", ANY),
    leaf("mtu", Form::Leaf(&[&[Arg::Number(1514, 9300)]])),
    leaf("mtu-ipv4", Form::Leaf(&[&[Arg::Number(68, 9300)]])),
    leaf("mtu-ipv6", Form::Leaf(&[&[Arg::Number(1280, 9300)]])),
    leaf("mtu-mpls", Form::Leaf(&[&[Arg::Number(68, 9300)]])),
    leaf("revertive", STATE),
    leaf("speed", ANY),
    leaf("untagged", Form::Leaf(&[&[]])),
    leaf(
        "vlan-id",
        Form::Leaf(&[
            &[
                VLAN,
                Arg::Optional(&[Arg::Word("tpid"), Arg::Choice(&["0x8100", "0x9100", "0x9200"])]),
            ],
            &[Arg::Word("list"), Arg::VlanList],
        ]),
    ),
    Statement {
        word: "vlan-manipulation",
        form: Form::Group,
        prompt: "",
        children: &[leaf("egress-mapping", EGRESS), leaf("ingress-mapping", INGRESS)],
    },
    leaf(
        "vlan-tags",
        Form::Leaf(&[
            &[
                Arg::Word("outer-tag"),
                VLAN,
                Arg::Word("inner-tag"),
                VLAN,
                Arg::Optional(&[Arg::Word("outer-tpid"), TPID]),
            ],
            &[
                Arg::Word("outer-tag"),
                VLAN,
                Arg::Word("inner-tag-list"),
                Arg::VlanList,
            ],
        ]),
    ),
];

const ACTION: Arg = Arg::Word("action");
const OUTER: [Arg; 4] = [Arg::Word("outer-tag"), VLAN, Arg::Word("outer-tpid"), TPID];
const INNER: [Arg; 4] = [Arg::Word("inner-tag"), VLAN, Arg::Word("inner-tpid"), TPID];

/// `action <word> outer-tag V outer-tpid T`.
const fn one_tag(word: &'static str) -> [Arg; 6] {
    [ACTION, Arg::Word(word), OUTER[0], OUTER[1], OUTER[2], OUTER[3]]
}

/// `action <word> outer-tag V outer-tpid T inner-tag V inner-tpid T`.
const fn two_tags(word: &'static str) -> [Arg; 10] {
    [
        ACTION,
        Arg::Word(word),
        OUTER[0],
        OUTER[1],
        OUTER[2],
        OUTER[3],
        INNER[0],
        INNER[1],
        INNER[2],
        INNER[3],
    ]
}

/// REF 6.1, the forms both directions share, then the one of its own.
const INGRESS: Form = Form::Leaf(&[
    &[ACTION, Arg::Word("pop")],
    &[ACTION, Arg::Word("pop-pop")],
    &[ACTION, Arg::Word("preserve-preserve")],
    &[ACTION, Arg::Word("preserve"), Arg::Word("outer-tpid"), TPID],
    &one_tag("push"),
    &one_tag("swap"),
    &one_tag("pop-swap"),
    &two_tags("push-push"),
    &two_tags("swap-push"),
    &two_tags("swap-swap"),
    &[
        ACTION,
        Arg::Word("preserve-swap"),
        Arg::Word("outer-tpid"),
        TPID,
        INNER[0],
        INNER[1],
        INNER[2],
        INNER[3],
    ],
]);

const EGRESS: Form = Form::Leaf(&[
    &[ACTION, Arg::Word("pop")],
    &[ACTION, Arg::Word("pop-pop")],
    &[ACTION, Arg::Word("preserve-preserve")],
    &[ACTION, Arg::Word("preserve"), Arg::Word("outer-tpid"), TPID],
    &one_tag("push"),
    &one_tag("swap"),
    &one_tag("pop-swap"),
    &two_tags("push-push"),
    &two_tags("swap-push"),
    &two_tags("swap-swap"),
    &[
        ACTION,
        Arg::Word("preserve-swap"),
        INNER[0],
        INNER[1],
        INNER[2],
        INNER[3],
    ],
]);

const PROTOCOLS: &[Statement] = &[
    BGP,
    container(
        "lacp",
        "lacp",
        &[
            leaf("system-priority", Form::Leaf(&[&[Arg::Number(1, 65_535)]])),
            leaf("system-id", ANY),
            entry(
                "interface",
                Arg::Interface(&[Bundle]),
                "if",
                &[
                    leaf("mode", Form::Leaf(&[&[Arg::Choice(&["active", "passive"])]])),
                    leaf("period", Form::Leaf(&[&[Arg::Choice(&["short", "long"])]])),
                ],
            ),
        ],
    ),
    container(
        "lldp",
        "lldp",
        &[
            leaf("admin-state", STATE),
            leaf("timer", Form::Leaf(&[&[Arg::Number(5, 65_535)]])),
            entry(
                "interface",
                Arg::Interface(&[Physical, Other]),
                "if",
                &[leaf("receive", STATE), leaf("transmit", STATE)],
            ),
        ],
    ),
];

/// As much of BGP as the captured sessions use, so that they can be replayed.
const BGP: Statement = entry(
    "bgp",
    Arg::Number(1, u32::MAX),
    "bgp",
    &[
        leaf("route-distinguisher", ANY),
        leaf("router-id", ANY),
        entry("address-family", Arg::Any, "afi", BGP_FAMILY),
        entry("neighbor", Arg::Any, "neighbor", NEIGHBOR),
    ],
);

const BGP_FAMILY: &[Statement] = &[
    Statement {
        word: "export-vpn",
        form: Form::Group,
        prompt: "",
        children: &[leaf("route-target", ANY)],
    },
    Statement {
        word: "import-vpn",
        form: Form::Group,
        prompt: "",
        children: &[leaf("route-target", ANY)],
    },
    leaf("redistribute", Form::LeafList(Arg::Any)),
];

const NEIGHBOR: &[Statement] = &[
    leaf("remote-as", Form::Leaf(&[&[Arg::Number(1, u32::MAX)]])),
    leaf("admin-state", STATE),
    leaf("description", TEXT),
    leaf("ebgp-multihop", Form::Leaf(&[&[Arg::Number(1, 255)]])),
    leaf("passive", STATE),
    leaf("update-source", Form::Leaf(&[&[ANY_INTERFACE]])),
    Statement {
        word: "timers",
        form: Form::Group,
        prompt: "",
        children: &[leaf("hold-time", ANY)],
    },
    entry(
        "address-family",
        Arg::Any,
        "afi",
        &[
            leaf("allow-as-in", STATE),
            leaf("send-community", REST),
            leaf("soft-reconfiguration", Form::Leaf(&[&[Arg::Word("inbound")]])),
        ],
    ),
];

/// As much of a VRF as the captured sessions show.
const VRF: &[Statement] = &[entry(
    "instance",
    Arg::Name,
    "inst",
    &[
        leaf("description", TEXT),
        leaf("interface", Form::LeafList(ANY_INTERFACE)),
        container("protocols", "protocols", &[BGP]),
    ],
)];

const SYSTEM: &[Statement] = &[
    leaf("name", Form::Leaf(&[&[Arg::Name]])),
    leaf("cli-timestamp", STATE),
    leaf("contact", TEXT),
    leaf("location", TEXT),
    leaf("timezone", ANY),
    container(
        "login",
        "login",
        &[
            leaf("banner", TEXT),
            leaf("session-timeout", Form::Leaf(&[&[Arg::Number(0, 90)]])),
            entry(
                "user",
                Arg::Name,
                "user",
                &[
                    leaf("description", TEXT),
                    leaf("password", ANY),
                    leaf(
                        "role",
                        Form::Leaf(&[&[Arg::Choice(&["viewer", "operator", "admin", "techsupport"])]]),
                    ),
                ],
            ),
        ],
    ),
    container(
        "ssh",
        "ssh",
        &[container(
            "server",
            "server",
            &[
                leaf("admin-state", STATE),
                leaf("max-sessions", Form::Leaf(&[&[Arg::Number(1, 32)]])),
            ],
        )],
    ),
];
