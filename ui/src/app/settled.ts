import { useEffect, useState } from "react";

/** A value once it has stayed the same for a moment, so that typing does not ask the core at every key. */
export function useSettled<T>(value: T, pauseMs: number): T {
  const key = JSON.stringify(value);
  const [settled, setSettled] = useState({ key, value });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ key, value: JSON.parse(key) as T }), pauseMs);
    return () => clearTimeout(timer);
  }, [key, pauseMs]);
  return settled.value;
}
