import type {
  DriftRow,
  KnownInterface,
  Recommendation,
  ScanState,
  ScanVerdict,
  ScannedDevice,
  SyncPreview,
  SyncTarget,
} from "@/api";
import { openDrift } from "./drift";
import { BOXES, domainDetail, iso, services } from "./fabric";

const LEFTOVER = "ge10-0/0/3.900";

function attachmentsOf(device: string) {
  const all = services.flatMap((service) =>
    domainDetail(service, null)
      .devices.flatMap((one) => one.attachments)
      .map((attachment) => ({ ...attachment, domain: service.name })),
  );
  return all.filter((attachment) => attachment.device === device);
}

function recommend(event: DriftRow): Recommendation[] {
  const events = [event.id];
  const putBack: Recommendation = {
    action: { what: "override", events },
    label: "Override",
    reason: event.why,
    consequence: `Shows the plan that puts back ${event.object} on ${event.device}; nothing is sent before.`,
  };
  const take: Recommendation = {
    action: { what: "sync", events },
    label: "Discover and sync",
    reason: "If the device is right.",
    consequence: `${event.device} is read again; what it holds of ${event.object} becomes what is expected.`,
  };
  const leave: Recommendation = {
    action: { what: "leave", events },
    label: "Leave it",
    reason: "If it is known and may stay.",
    consequence: "Nothing is done; it stays open, and asks again if it changes again.",
  };
  const suffers = event.severity === "high" || event.severity === "critical";
  return [...(suffers ? [putBack, take] : [take, putBack]), ...(event.left === null ? [leave] : [])];
}

const STATE: Partial<Record<DriftRow["kind"], ScanState>> = {
  "missing-on-device": "missing",
  "already-configured": "not-in-records",
  "domain-exists": "not-in-records",
};

const calm: ScanVerdict = { state: "in-sync", leftover: null, leftOpen: null, advice: [] };

function scanned(device: string): ScannedDevice {
  const events = openDrift(device);
  const off = new Set(events.map((event) => event.object));
  const side = (tags: string, domains: string[]) => ({ tags, manipulation: "none", domains });
  const rows = attachmentsOf(device).filter((one) => !off.has(one.interface));
  const left = device === "LEAF-A02";
  const count = (state: ScanState) => events.filter((event) => (STATE[event.kind] ?? "differs") === state).length;
  return {
    device,
    error: null,
    read: iso(),
    snapshot: 412,
    recordRead: iso(3_600_000),
    totals: {
      inSync: rows.length,
      differs: count("differs"),
      notInRecords: count("not-in-records"),
      missing: count("missing"),
      leftovers: left ? 1 : 0,
    },
    asks: events.filter((event) => event.left === null).length,
    domains: [],
    vlans: [
      ...rows.map((one) => {
        const here = side(one.vlan ?? "unknown", [one.domain]);
        return { interface: one.interface, live: here, expected: here, verdict: calm };
      }),
      ...events.map((event) => {
        const state = STATE[event.kind] ?? "differs";
        return {
          interface: event.object,
          live: state === "missing" ? null : side("3777", event.domains),
          expected: state === "not-in-records" ? null : side("251", event.domains),
          verdict: { state, leftover: null, leftOpen: event.left, advice: recommend(event) },
        };
      }),
    ],
    states: left
      ? [
          {
            interface: LEFTOVER,
            l2Service: false,
            expected: false,
            admin: "enabled",
            oper: "up",
            verdict: {
              ...calm,
              leftover: `${LEFTOVER} belongs to no bridge domain.`,
              advice: [
                {
                  action: { what: "clean-up", device },
                  label: "Clean up",
                  reason: `${LEFTOVER} belongs to no bridge domain.`,
                  consequence: `Shows the plan that removes the leftovers of ${device}: 2 lines; nothing is sent before.`,
                },
              ],
            },
          },
        ]
      : [],
    others: [],
    advice: [],
  };
}

function preview(target: SyncTarget): SyncPreview | undefined {
  if (target.what !== "interfaces") return undefined;
  const devices = BOXES.map((box) => box.name).filter((name) => target.device === null || target.device === name);
  const parts = target.pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`, "u");
  const interfaces: KnownInterface[] = devices.flatMap((device) =>
    attachmentsOf(device)
      .filter((one) => pattern.test(one.interface))
      .map((one) => ({ device, interface: one.interface })),
  );
  return { devices: devices.length, interfaces, total: interfaces.length };
}

export function scanAnswers(command: string, args: Record<string, unknown>): unknown {
  switch (command) {
    case "device_scan": {
      const devices = (args.devices as string[]).map(scanned);
      const sum = (of: keyof ScannedDevice["totals"]) => devices.reduce((all, one) => all + one.totals[of], 0);
      const totals = {
        inSync: sum("inSync"),
        differs: sum("differs"),
        notInRecords: sum("notInRecords"),
        missing: sum("missing"),
        leftovers: sum("leftovers"),
      };
      const sentence = `${totals.inSync} in sync, ${totals.differs} differ, ${totals.notInRecords} not in the records, ${totals.missing} missing on the device.`;
      return { check: 7, devices, totals, failed: 0, sentence };
    }
    case "sync_preview":
      return preview(args.target as SyncTarget);
    default:
      return undefined;
  }
}
