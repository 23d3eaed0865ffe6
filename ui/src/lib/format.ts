/** Times and counts in words. All functions take the present moment so that they stay pure. */
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const two = (n: number): string => String(n).padStart(2, "0");

/** `14:26` */
export function clock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** `14:26:09` */
export function clockSeconds(at: Date): string {
  return `${clock(at)}:${two(at.getSeconds())}`;
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

/** `8 May`, or `8 May 2024` in another year. */
export function day(at: Date, now: Date): string {
  const base = `${at.getDate()} ${MONTHS[at.getMonth()] ?? ""}`;
  return at.getFullYear() === now.getFullYear() ? base : `${base} ${at.getFullYear()}`;
}

/** `today 11:40`, `8 May` */
export function when(at: Date, now: Date): string {
  return sameDay(at, now) ? `today ${clock(at)}` : day(at, now);
}

/** `14:26` today, else `8 May 14:26` */
export function moment(at: Date, now: Date): string {
  return sameDay(at, now) ? clockSeconds(at) : `${day(at, now)}, ${clock(at)}`;
}

/** `Today, 12 May`, `Monday, 11 May` */
export function dayHeading(at: Date, now: Date): string {
  if (sameDay(at, now)) return `Today, ${day(at, now)}`;
  return `${DAYS[at.getDay()] ?? ""}, ${day(at, now)}`;
}

/** `just now`, `12 s`, `1 min`, `2 h`, `3 days` */
export function age(at: Date, now: Date): string {
  const s = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
  if (s < 5) return "just now";
  if (s < 60) return `${s} s`;
  const min = Math.round(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.round(min / 60);
  if (h < 36) return `${h} h`;
  const d = Math.round(h / 24);
  return plural(d, "day");
}

/** `1 min ago`, `just now` */
export function ago(at: Date, now: Date): string {
  const words = age(at, now);
  return words === "just now" ? words : `${words} ago`;
}

/** Milliseconds as `0:54`, `12:07`. */
export function minutes(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** Milliseconds as `04:12` for a countdown. */
export function countdown(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return `${two(Math.floor(s / 60))}:${two(s % 60)}`;
}

/** Milliseconds as `850 ms`, `1.2 s`, `11 s`, `1:24`. */
export function took(ms: number): string {
  if (ms < 950) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  return minutes(ms);
}

/** `1 device`, `4 devices`; irregular plurals are given. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${thousands(n)} ${n === 1 ? one : many}`;
}

/** `11,402` */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/gu, ",");
}

/** `64 MB` */
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${Math.round(n / 1024)} kB`;
  return `${Math.round(n / (1024 * 1024))} MB`;
}

/** The first characters of a hash, enough to tell two texts apart by eye. */
export function shortHash(hash: string): string {
  return hash.replace(/^[a-z0-9]+:/u, "").slice(0, 6);
}

/** `a, b and c` */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
