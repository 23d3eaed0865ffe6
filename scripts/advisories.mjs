// Asks RustSec's database, through cargo deny, whether a crate has a known weakness.
//
//   node scripts/advisories.mjs
//
// Fails on a finding. A database that can't be reached is no finding: it is said, and the next run asks again.
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";

const PATIENCE_MS = 60_000;
const NOT_REACHED = /failed to fetch advisory database/u;

/** What a run of `cargo deny check advisories` means: none known, some found, or why nobody was asked. */
export function judge({ status, stderr }) {
  if (status === 0) return { answered: true, found: false };
  if (status === null) return { answered: false, why: `no answer within ${PATIENCE_MS / 1000} s` };
  if (NOT_REACHED.test(stderr)) return { answered: false, why: "RustSec's database could not be fetched" };
  return { answered: true, found: true };
}

function main() {
  const asked = spawnSync("cargo", ["deny", "--all-features", "check", "advisories"], {
    encoding: "utf8",
    timeout: PATIENCE_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (asked.error && asked.error.code !== "ETIMEDOUT") throw asked.error;
  const { answered, found, why } = judge(asked);
  if (!answered) console.log(`crates: advisories not checked, ${why}`);
  else if (!found) console.log("crates: no known weakness");
  else console.error(asked.stderr);
  process.exitCode = found ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
