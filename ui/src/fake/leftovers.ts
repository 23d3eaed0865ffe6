import type { AuditView, PlanView } from "@/api";
import { iso } from "./fabric";
import { makePlan } from "./plans";

/** What the invented lab has left behind. */
export function audit(): AuditView {
  return {
    devices: 9,
    oldestRead: iso(180_000),
    leftovers: [
      {
        device: "LEAF-A02",
        kind: "subinterface",
        interface: "ge100-0/0/20.700",
        domain: null,
        sentence: "ge100-0/0/20.700 belongs to no bridge domain.",
        kept: null,
      },
      {
        device: "LEAF-B02",
        kind: "instance",
        interface: null,
        domain: "vlan1955_old",
        sentence: "vlan1955_old has no member.",
        kept: "It holds lines that Bridgekeeper does not write; look at it by hand.",
      },
    ],
    broken: [
      {
        domain: "g_heron_v640",
        sentence:
          "The path of g_heron_v640 is broken: SSPINE-1 bundle-60002 carries it at one end of a link only. Nothing of it is called needless.",
      },
    ],
    lines: 1,
    devicesToClean: 1,
  };
}

export function cleanUpPlan(): PlanView {
  const lines = [
    {
      device: "LEAF-A02",
      forward: ["no interfaces ge100-0/0/20.700"],
      reverse: ["interfaces ge100-0/0/20.700 l2-service enabled", "interfaces ge100-0/0/20.700 vlan-id 700"],
    },
  ];
  const { view } = makePlan(null, "leftovers", [], lines, null);
  view.kind = "clean-up";
  return view;
}
