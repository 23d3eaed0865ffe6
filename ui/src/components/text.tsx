import { Fragment } from "react";
import { visibleParts } from "@/lib/visible";

/** Text that came from a device or a file: hidden characters are shown as what they are. */
export function SafeText({ text }: { text: string }) {
  const parts = visibleParts(text);
  return (
    <>
      {parts.map((part, at) =>
        part.control ? (
          <span key={at} className="ctrl" title="a control character, shown, not obeyed">
            {part.text}
          </span>
        ) : (
          <Fragment key={at}>{part.text}</Fragment>
        ),
      )}
    </>
  );
}

/** Words with the names in them kept whole: a device, an interface, a number with its unit never breaks at its hyphen. */
export function Unbroken({ text }: { text: string }) {
  return text.split(" ").map((word, at) => (
    <Fragment key={at}>
      {at > 0 && " "}
      {/\d/u.test(word) && word.includes("-") && word.length < 25 ? (
        <span className="nowrap">
          <SafeText text={word} />
        </span>
      ) : (
        <SafeText text={word} />
      )}
    </Fragment>
  ));
}

/** Marks every occurrence of `find` (case-insensitive) in `text`. */
export function Found({ text, find }: { text: string; find: string }) {
  if (find === "") return <SafeText text={text} />;
  const out: { text: string; hit: boolean }[] = [];
  const low = text.toLowerCase();
  const needle = find.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(needle); at >= 0; at = low.indexOf(needle, from)) {
    if (at > from) out.push({ text: text.slice(from, at), hit: false });
    out.push({ text: text.slice(at, at + needle.length), hit: true });
    from = at + needle.length;
  }
  if (from < text.length) out.push({ text: text.slice(from), hit: false });
  return (
    <>
      {out.map((part, at) =>
        part.hit ? (
          <mark key={at} className="find">
            <SafeText text={part.text} />
          </mark>
        ) : (
          <SafeText key={at} text={part.text} />
        ),
      )}
    </>
  );
}
