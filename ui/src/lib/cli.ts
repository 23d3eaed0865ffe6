/** Splits one configuration line into words for display: keywords muted, names and numbers full, a leading `no` red. */
export type WordKind = "no" | "keyword" | "value" | "gap";
export interface CliWord {
  text: string;
  kind: WordKind;
}

/** Words after which a free value follows. Anything with a digit, or after one of these, is a value. */
const VALUE_AFTER = new Set([
  "instance",
  "interface",
  "admin-state",
  "l2-service",
  "description",
  "vlan-id",
  "outer-tag",
  "inner-tag",
  "mtu",
  "name",
  "list",
]);

export function cliWords(line: string): CliWord[] {
  const words: CliWord[] = [];
  let previous = "";
  let first = true;
  for (const piece of line.split(/(\s+)/u)) {
    if (piece === "") continue;
    if (/^\s+$/u.test(piece)) {
      words.push({ text: piece, kind: "gap" });
      continue;
    }
    if (first && piece === "no") words.push({ text: piece, kind: "no" });
    else words.push({ text: piece, kind: isValue(piece, previous) ? "value" : "keyword" });
    previous = piece;
    first = false;
  }
  return words;
}

function isValue(word: string, previous: string): boolean {
  if (word === "!" || word === "{" || word === "}") return false;
  if (word === "list" || word === "interface") return false;
  if (VALUE_AFTER.has(previous)) return true;
  return /\d/u.test(word) && !word.startsWith("l2-");
}
