// Asks the npm registry whether a library of the window or of its tests has a known weakness.
//
//   node scripts/audit.mjs
//
// Fails on a finding of level high or critical. A registry that does not answer (no network, or a mirror without this
// service) is no finding: it is said, and the next run asks again.
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";

const FOLDERS = ["ui", "tests/e2e"];
const LEVELS = ["high", "critical"];
const PATIENCE_MS = 60_000;

/** What an answer of `npm audit --json` says: findings that fail, or why there is no answer. */
export function judge(output) {
  let report;
  try {
    report = JSON.parse(output);
  } catch {
    return { answered: false, why: "no answer", findings: [] };
  }
  if (report.metadata?.vulnerabilities === undefined || report.error !== undefined)
    return { answered: false, why: report.message ?? report.error?.summary ?? "no answer", findings: [] };
  const findings = Object.values(report.vulnerabilities ?? {})
    .filter((one) => LEVELS.includes(one.severity))
    .map((one) => `${one.name} ${one.range} (${one.severity})`);
  const counted = LEVELS.reduce((sum, level) => sum + (report.metadata.vulnerabilities[level] ?? 0), 0);
  if (findings.length === 0 && counted > 0) findings.push(`${counted} findings that are not named`);
  return { answered: true, why: "", findings };
}

function main() {
  let failed = false;
  for (const folder of FOLDERS) {
    const asked = spawnSync("npm", ["audit", "--json", "--prefix", folder], {
      encoding: "utf8",
      timeout: PATIENCE_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    const { answered, why, findings } = judge(asked.stdout ?? "");
    if (!answered) console.log(`${folder}: not checked, the registry did not answer (${why})`);
    else if (findings.length === 0) console.log(`${folder}: no finding of level ${LEVELS.join(" or ")}`);
    for (const finding of findings) console.error(`${folder}: ${finding}`);
    failed ||= findings.length > 0;
  }
  process.exitCode = failed ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
