import { useSyncExternalStore } from "react";

/** One clock for all ages and countdowns: a tick a second while anyone looks, nothing otherwise. */
let now = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = new Date();
    timer = setInterval(() => {
      now = new Date();
      for (const each of listeners) each();
    }, 1000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The present moment, to the second. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}

let minute = new Date();
/** The present moment, to the half minute: for ages in lists. */
export function useNowCoarse(): Date {
  return useSyncExternalStore(subscribe, () => {
    if (now.getTime() - minute.getTime() > 30_000 || now < minute) minute = now;
    return minute;
  });
}
