import { Copy } from "lucide-react";
import { cliWords } from "@/lib/cli";
import { IconButton } from "./button";
import { SafeText } from "./text";

/** One configuration line as typed: a hanging indent when it is long, one line when it is copied. */
export function CliWords({ line }: { line: string }) {
  return (
    <>
      {cliWords(line).map((word, at) => {
        if (word.kind === "gap") return word.text;
        const name = word.kind === "no" ? "no" : word.kind === "keyword" ? "k" : undefined;
        return (
          <span key={at} className={name}>
            <SafeText text={word.text} />
          </span>
        );
      })}
    </>
  );
}

/** A list of full-path lines with their signs; the sign is not part of the text. */
export function CliLines({ lines, label }: { lines: readonly string[]; label: string }) {
  return (
    <div className="cli wrap t11 plain" role="list" aria-label={label}>
      {lines.map((line, at) => {
        const removes = line.startsWith("no ");
        return (
          <div key={`${at}-${line}`} role="listitem" className={`l ${removes ? "del" : "add"}`}>
            <b aria-hidden>{removes ? "\u2212" : "+"}</b>
            <span>
              <CliWords line={line} />
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** Copies exactly what is sent: the lines, nothing around them. */
export function CopyLines({ lines, label }: { lines: readonly string[]; label: string }) {
  return (
    <IconButton icon={Copy} label={label} onClick={() => void navigator.clipboard.writeText(`${lines.join("\n")}\n`)} />
  );
}
