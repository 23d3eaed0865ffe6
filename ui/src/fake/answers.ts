import type { ImportRequest } from "@/api";
import { BOXES, deviceRows, downBundle, services } from "./fabric";

/** What an import would do, line by line. */
export function importReport(request: ImportRequest, applied: boolean) {
  const rows = request.text
    .split("\n")
    .map((line, at) => ({ line: at + 1, cells: line.split(/[,\s]+/u) }))
    .filter(({ cells }) => cells[0] !== "" && cells[0] !== "name")
    .map(({ line, cells }) => {
      const bad = cells[1] === undefined || cells[1] === "";
      return {
        line,
        name: cells[0] ?? "",
        address: cells[1] ?? "",
        verdict: bad ? "refused" : "added",
        detail: bad ? `Line ${line} has no address.` : null,
      };
    });
  const refused = rows.filter((row) => row.verdict === "refused").length;
  return { format: "csv", rows, added: rows.length - refused, changed: 0, refused, applied };
}

export function connectionTest(device: string) {
  const steps = [
    "Address",
    "Port answers",
    "Encrypted",
    "Host key known",
    "Sign-in",
    "Command line and prompt",
    "Version, commit confirm",
    "Rights: may read, may commit",
    "Read of the L2 subtrees",
  ];
  return {
    device,
    error: null,
    steps: steps.map((label, at) => ({
      step: label,
      label,
      state: "passed",
      evidence: "as expected",
      millis: 4 + at * 9,
    })),
  };
}

/** The devices and links as the map draws them. */
export function fabricMap() {
  return {
    devices: deviceRows.map((d, at) => ({
      device: d.name,
      tier: d.tier,
      under: BOXES[at]?.under ?? null,
      domains: d.domains,
      lastRead: d.lastRead,
      reachable: true,
      drift: 0,
    })),
    links: BOXES.filter((b) => b.under !== null).map((b) => ({
      upper: b.under ?? "",
      lower: b.name,
      upperInterface: downBundle(b.under ?? "", b.name),
      lowerInterface: "bundle-60000",
      membersUp: b.name === "LEAF-B10" ? 3 : 4,
      members: 4,
      lldp: true,
    })),
  };
}

/** What a search finds. */
export function hits(query: string) {
  const low = query.toLowerCase();
  const domains = services.filter((s) => s.name.toLowerCase().includes(low)).slice(0, 6);
  const devices = deviceRows.filter((d) => d.name.toLowerCase().includes(low));
  return [
    ...domains.map((s) => ({
      group: "domain",
      title: s.name,
      detail: `${s.kind}, ${s.members.length} attachments`,
      route: `/domains/${s.name}`,
    })),
    ...devices.map((d) => ({
      group: "device",
      title: d.name,
      detail: `${d.tier}, ${d.domains} bridge domains`,
      route: `/devices/${d.name}`,
    })),
  ];
}
