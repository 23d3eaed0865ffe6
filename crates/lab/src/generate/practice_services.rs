//! The bridge domains of the practice fabric.

use super::form::Form;
use super::service::Service;

/// All but the management service and the unfinished one.
pub(super) fn all() -> Vec<Service> {
    [single_tagged(), tunnelled(), local_services(), odd_services()].concat()
}

fn single_tagged() -> Vec<Service> {
    let shared = "ge100-0/0/9";
    vec![
        Service::new("g_kestrel_v251")
            .over(251)
            .end("LEAF-A03", "ge100-0/0/31", 251, Form::List("251".to_owned()))
            .tagged("LEAF-A03", "ge10-0/0/11/2", 251)
            .tagged("LEAF-B14", "ge100-0/0/12", 251)
            .tagged("LEAF-B14", "bundle-445", 251),
        Service::new("g_birch_v104")
            .described("tester ports of row A")
            .over(104)
            .tagged("LEAF-A01", shared, 104)
            .tagged("LEAF-A02", "ge100-0/0/4", 104),
        Service::new("g_birch_v1369")
            .over(1369)
            .tagged("LEAF-A01", "ge100-0/0/21", 1369)
            .tagged("LEAF-B02", "bundle-12", 1369)
            .tagged("SSPINE-1", "ge100-4/0/27", 1369),
        Service::new("g_rowan_v310")
            .over(310)
            .tagged("LEAF-B02", "ge100-0/0/8", 310)
            .tagged("LEAF-B06", shared, 310),
        Service::new("g_kestrel_v258")
            .over(258)
            .tagged("LEAF-A02", shared, 258)
            .tagged("LEAF-B06", shared, 258)
            .tagged("LEAF-B14", shared, 258),
        Service::new("g_birch-new_v290")
            .over(290)
            .tagged("LEAF-A02", shared, 290)
            .tagged("LEAF-A03", shared, 290),
        Service::new("g_rowan_v3600")
            .over(3600)
            .tagged("LEAF-A01", shared, 3600)
            .tagged("LEAF-B06", "ge100-0/0/8", 3600)
            .tagged("SSPINE-1", "ge10-0/0/4", 3600),
        Service::new("MC_4000_test")
            .over(4000)
            .tagged("LEAF-A01", shared, 4000)
            .tagged("LEAF-A02", shared, 4000)
            .tagged("LEAF-A03", shared, 4000)
            .tagged("LEAF-B14", shared, 4000)
            .tagged("SSPINE-1", "ge100-4/0/26", 4000),
        Service::new("g_birch_v2050")
            .over(2050)
            .tagged("LEAF-B02", shared, 2050)
            .tagged("LEAF-B06", shared, 2050)
            .tagged("LEAF-B14", shared, 2050),
        Service::new("g_rowan_v3999")
            .over(3999)
            .tagged("LEAF-A01", "bundle-500", 3999)
            .tagged("LEAF-B06", shared, 3999),
        Service::new("g_wren_v600")
            .tagged("SSPINE-1", "ge100-4/0/30", 600)
            .tagged("SSPINE-1", "ge100-4/0/31", 600),
    ]
}

/// Services with two tags somewhere.
fn tunnelled() -> Vec<Service> {
    let double = |outer, inner| Form::Double(outer, inner);
    vec![
        Service::new("g_heron_v731")
            .over(731)
            .whole("LEAF-A02", "ge100-0/0/16", Form::PortPush(731))
            .customer(100)
            .whole("LEAF-B14", "bundle-1204", Form::PortPush(731))
            .customer(100),
        Service::new("g_marten_v1810")
            .over(1810)
            .end(
                "LEAF-A01",
                "ge100-0/0/24",
                1810,
                Form::ListPush("1-4094".to_owned(), 1810),
            )
            .customer(5)
            .whole("LEAF-A03", "ge100-0/0/16", Form::PortPush(1810))
            .customer(5),
        Service::new("wren_v2200_pair-a")
            .over(2200)
            .whole("LEAF-B02", "ge100-0/0/16", Form::PortPush(2200))
            .whole("LEAF-B14", "ge100-0/0/16", Form::PortPush(2200)),
        Service::new("wren_v2201_pair-b")
            .over(2201)
            .whole("LEAF-B02", "ge100-0/0/17", Form::PortPush(2201))
            .whole("LEAF-B14", "ge100-0/0/17", Form::PortPush(2201)),
        Service::new("g_fennel_v2121")
            .over_unit(15005, double(2121, 1005))
            .end("LEAF-A02", "ge100-0/0/18", 15005, double(2121, 1005))
            .end("LEAF-B06", "ge100-0/0/18", 15005, double(2121, 1005)),
        Service::new("g_rowan_v1005_ospf")
            .over_unit(16005, double(2636, 1005))
            .end("LEAF-B02", "ge100-0/0/18", 16005, double(2636, 1005))
            .end("LEAF-B14", "ge100-0/0/20", 16005, double(2636, 1005)),
        Service::new("TESTER_V3180_IX_SL2")
            .over(3180)
            .whole("LEAF-A01", "ge100-0/0/28", Form::PortPush(3180))
            .customer(300)
            .end(
                "LEAF-B02",
                "ge100-0/0/28",
                5180,
                Form::DoubleList(3180, "251-500".to_owned()),
            )
            .customer(300),
    ]
}

fn local_services() -> Vec<Service> {
    let list = |text: &str| Form::List(text.to_owned());
    let mut services = vec![
        Service::new("l_kestrel_range-a")
            .end("LEAF-A02", "ge100-0/0/20", 100, list("1200-1250"))
            .end("LEAF-A02", "ge100-0/0/21", 100, list("1200-1250")),
        Service::new("l_heron_sl2-b51")
            .whole("LEAF-B06", "ge100-0/0/3", Form::Port)
            .whole("LEAF-B06", "ge100-0/0/4", Form::Port),
        Service::new("l_fennel_v1285_mx5")
            .tagged("LEAF-B14", "ge100-0/0/18", 1285)
            .tagged("LEAF-B14", "ge100-0/0/19", 1285),
        Service::new("l_marten_v77")
            .end("LEAF-A03", "ge100-0/0/20", 77, Form::Untagged)
            .end("LEAF-A03", "ge100-0/0/21", 77, Form::Untagged),
        Service::new("M_birch_1360")
            .whole("LEAF-B14", "ge100-0/0/4", Form::PortPush(1360))
            .tagged("LEAF-B14", "ge100-0/0/13", 1360),
        Service::new("vlan42")
            .end("LEAF-B06", "ge100-0/0/21", 251, Form::Single(42))
            .tagged("LEAF-B06", "ge100-0/0/22", 42),
        Service::new("vlan42_backup")
            .tagged("LEAF-B06", "ge100-0/0/23", 42)
            .tagged("LEAF-B06", "ge100-0/0/24", 42),
        Service::new("l_birch_storm")
            .tagged("LEAF-B14", "ge100-0/0/22", 2300)
            .with("storm-control broadcast-packet-rate 1000")
            .with("storm-control unknown-unicast-packet-rate disabled")
            .tagged("LEAF-B14", "ge100-0/0/23", 2300),
        Service::new("l_fennel_keep")
            .end(
                "LEAF-B02",
                "ge100-0/0/20",
                300,
                Form::Preserve("2201-2205".to_owned()),
            )
            .end(
                "LEAF-B02",
                "ge100-0/0/21",
                300,
                Form::Preserve("2201-2205".to_owned()),
            ),
    ];
    for (number, range) in [(1, "100-199"), (2, "200-299")] {
        services.push(
            Service::new(&format!("l_rowan_dtag_{number}"))
                .end(
                    "LEAF-A01",
                    "ge100-0/0/26",
                    400 + number,
                    Form::ListPush(range.to_owned(), 1428),
                )
                .end(
                    "LEAF-A01",
                    "ge100-0/0/27",
                    400 + number,
                    Form::DoubleList(1428, range.to_owned()),
                ),
        );
    }
    services
}

/// Services in which something does not agree with something else.
fn odd_services() -> Vec<Service> {
    let shared = "ge100-0/0/9";
    vec![
        // The name and the unit say 252, the tag is 262.
        Service::new("g_kestrel_v252")
            .over_unit(252, Form::Single(262))
            .end("LEAF-A01", "ge100-0/0/22", 252, Form::Single(262))
            .end("LEAF-A03", shared, 252, Form::Single(262)),
        // Declared local, spans two leaves.
        Service::new("l_wren_v1700")
            .over(1700)
            .tagged("LEAF-A01", shared, 1700)
            .tagged("LEAF-A02", shared, 1700),
        // Declared global, lives on one leaf.
        Service::new("g_rowan_v770_bench")
            .tagged("LEAF-A03", "ge100-0/0/22", 770)
            .tagged("LEAF-A03", "ge100-0/0/23", 770),
        // Tag rewritten at one end.
        Service::new("g_heron_v1856")
            .over(1856)
            .end("LEAF-A02", "ge100-0/0/24", 410, Form::Swap(410, 1856))
            .tagged("LEAF-A03", "ge100-0/0/24", 1856),
        Service::new("g_marten_v1400")
            .disabled()
            .over(1400)
            .tagged("LEAF-A01", shared, 1400)
            .tagged("LEAF-A03", shared, 1400),
        // The path is broken on the second spine, see `leftovers`.
        Service::new("g_fennel_v640")
            .over(640)
            .tagged("LEAF-A01", shared, 640)
            .tagged("LEAF-B06", shared, 640),
        // One end takes larger frames than the other.
        Service::new("g_heron_v1999")
            .over(1999)
            .tagged("LEAF-A02", "ge100-0/0/25", 1999)
            .with("mtu 9100")
            .tagged("LEAF-B14", "ge100-0/0/25", 1999),
        // One port is admin down, see `leftovers`.
        Service::new("g_kestrel_v1150")
            .over(1150)
            .tagged("LEAF-A03", "ge100-0/0/30", 1150)
            .tagged("LEAF-B02", shared, 1150),
        Service::new("g_marten_v1151_tpid")
            .over(1151)
            .end("LEAF-A01", "ge100-0/0/29", 1151, Form::SingleTpid(1151, "0x9100"))
            .end("LEAF-A02", "ge100-0/0/26", 1151, Form::SingleTpid(1151, "0x9100")),
    ]
}
