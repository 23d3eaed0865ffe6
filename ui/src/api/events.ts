import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ActivityView, SyncNotice, TranscriptRow } from "./bindings";
import { events } from "./bindings";
import { calls, mergeActivity } from "./calls";
import { keys } from "./queries";

/** Rows of a transcript kept in the window; the core keeps all of them. */
export const TRANSCRIPT_LIMIT = 20_000;

/** Rows that came before the first page of their transcript was read. */
const early = new Map<number, TranscriptRow[]>();

/** The one subscription to the core's events: they change or invalidate what queries hold; notices are for `notice`. */
export function useCoreEvents(notice: (notice: SyncNotice) => void): void {
  const client = useQueryClient();
  useEffect(() => {
    const subscriptions = [
      events.activityChanged.listen(({ payload }) => {
        client.setQueryData<ActivityView[]>(keys.activities, (old) => mergeActivity(old, payload));
      }),
      events.deploymentChanged.listen(({ payload }) => {
        void client.invalidateQueries({ queryKey: keys.deployment(payload.deployment) });
        void client.invalidateQueries({ queryKey: keys.deployments, exact: true });
      }),
      events.transcriptAdded.listen(({ payload }) => {
        const key = keys.transcript(payload.deployment);
        const old = client.getQueryData<TranscriptRow[]>(key);
        if (old === undefined) {
          // Needed only while the first page is on its way; otherwise that page will hold them.
          if (client.getQueryState(key)?.fetchStatus !== "fetching") return;
          early.set(payload.deployment, [...(early.get(payload.deployment) ?? []), ...payload.rows]);
        } else client.setQueryData<TranscriptRow[]>(key, mergeTranscript(old, payload.rows));
      }),
      events.backgroundSynced.listen(({ payload }) => {
        notice(payload);
      }),
      events.dataChanged.listen(({ payload }) => {
        for (const topic of reachedBy(payload.topics)) void client.invalidateQueries({ queryKey: [topic] });
      }),
    ];
    return () => {
      for (const subscription of subscriptions) void subscription.then((stop) => stop());
    };
  }, [client, notice]);
}

/** What is reckoned from several topics, by each of them. */
const RECKONED: Record<string, readonly string[] | undefined> = {
  // What can be done about a deployment that met drift follows from whether it is decided by now; lists and map count it.
  drift: ["insight", "deployments", "domains"],
  // A check tells when each object was last in sync.
  checks: ["insight", "domains"],
  devices: ["insight"],
};

/** The first words of the keys that a change of these topics reaches. */
export function reachedBy(topics: readonly string[]): string[] {
  return [...new Set(topics.flatMap((topic) => [topic, ...(RECKONED[topic] ?? [])]))];
}

/** Rows by their number: a page and events may bring the same row twice, and events may come before the page. */
export function mergeTranscript(old: readonly TranscriptRow[], added: readonly TranscriptRow[]): TranscriptRow[] {
  const last = old.at(-1)?.seq ?? -1;
  const inOrder = added.every((row, at) => row.seq > (at === 0 ? last : (added[at - 1]?.seq ?? last)));
  const merged = inOrder ? [...old, ...added] : bySeq([...old, ...added]);
  return merged.length > TRANSCRIPT_LIMIT ? merged.slice(-TRANSCRIPT_LIMIT) : merged;
}

function bySeq(rows: TranscriptRow[]): TranscriptRow[] {
  const map = new Map(rows.map((row) => [row.seq, row]));
  return [...map.values()].sort((a, b) => a.seq - b.seq);
}

/** The transcript of a deployment: read once, then grown by events. */
export function useTranscript(deployment: number) {
  const client = useQueryClient();
  return useQuery({
    queryKey: keys.transcript(deployment),
    queryFn: async () => {
      const rows = await calls.transcript(deployment, 0);
      const held = client.getQueryData<TranscriptRow[]>(keys.transcript(deployment)) ?? early.get(deployment) ?? [];
      early.delete(deployment);
      return mergeTranscript(held, rows);
    },
  });
}
