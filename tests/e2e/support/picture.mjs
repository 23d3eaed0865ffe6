// What can be said about a picture of the window without knowing what it should look like.

import { PNG } from "pngjs";

/** Counts the different colours of a PNG and the share of its most frequent one. */
export function colours(png) {
  const { data, width, height } = PNG.sync.read(png);
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.readUInt32BE(at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return { width, height, different: counts.size, largestShare: most / (width * height) };
}
