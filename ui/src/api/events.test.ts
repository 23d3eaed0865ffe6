import { expect, test } from "vitest";
import type { ActivityView, TranscriptRow } from "./bindings";
import { mergeActivity } from "./calls";
import { mergeTranscript, reachedBy } from "./events";

const row = (seq: number): TranscriptRow => ({
  seq,
  at: "2026-05-12T14:00:00Z",
  device: null,
  kind: "sent",
  text: "top",
});
const seqs = (rows: TranscriptRow[]) => rows.map((one) => one.seq);

test("rows of a transcript keep their order and come once, however they arrive", () => {
  expect(seqs(mergeTranscript([], [row(0), row(1)]))).toEqual([0, 1]);
  expect(seqs(mergeTranscript([row(0), row(1)], [row(2)]))).toEqual([0, 1, 2]);
  expect(seqs(mergeTranscript([row(0), row(1), row(2)], [row(1), row(3)]))).toEqual([0, 1, 2, 3]);
  expect(seqs(mergeTranscript([row(4)], [row(0), row(1)]))).toEqual([0, 1, 4]);
});

test("a changed activity takes its own place", () => {
  const activity = (id: string, started: string, done: number): ActivityView => ({
    id,
    kind: "discovery",
    state: "running",
    object: "Discovery",
    fact: "",
    done,
    total: 9,
    secondsLeft: null,
    started,
    canCancel: true,
    devices: [],
  });
  const old = [activity("b", "2026-05-12T14:01:00Z", 1), activity("a", "2026-05-12T14:00:00Z", 1)];
  const next = mergeActivity(old, activity("a", "2026-05-12T14:00:00Z", 5));
  expect(next.map((one) => [one.id, one.done])).toEqual([
    ["b", 1],
    ["a", 5],
  ]);
});

test("a change reaches what is reckoned from it, once", () => {
  expect(reachedBy(["checks", "drift"])).toEqual(["checks", "insight", "domains", "drift", "deployments"]);
  expect(reachedBy(["snapshots"])).toEqual(["snapshots"]);
});
