/**
 * Device text is hostile until shown: control and bidirectional characters could hide or reorder what a person reads.
 * Each of them becomes a visible picture; everything else passes unchanged.
 */
export interface VisiblePart {
  text: string;
  /** True when `text` stands for a character that would not have been seen. */
  control: boolean;
}

/** Ranges of code points that are not seen or change how others are seen; tab and line feed are layout. */
const HIDDEN: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
];

function isHidden(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  return code !== 0x20 && HIDDEN.some(([from, until]) => code >= from && code <= until);
}

function picture(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x1b) return "ESC";
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function hasHidden(text: string): boolean {
  for (const char of text) if (isHidden(char)) return true;
  return false;
}

export function visibleParts(text: string): VisiblePart[] {
  if (!hasHidden(text)) return [{ text, control: false }];
  const parts: VisiblePart[] = [];
  let plain = "";
  for (const char of text) {
    if (!isHidden(char)) {
      plain += char;
      continue;
    }
    if (plain !== "") parts.push({ text: plain, control: false });
    plain = "";
    parts.push({ text: picture(char), control: true });
  }
  if (plain !== "") parts.push({ text: plain, control: false });
  return parts;
}
