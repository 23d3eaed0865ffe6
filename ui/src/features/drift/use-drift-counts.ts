import { useMemo } from "react";
import { queries, useQuery } from "@/api";
import { type DriftCounts, countDrift } from "./inbox";

/** Open events by device and by service, for the lists and the map of other screens; none until they are read. */
export function useDriftCounts(): DriftCounts | undefined {
  const inbox = useQuery(queries.drift()).data;
  return useMemo(() => inbox && countDrift(inbox), [inbox]);
}
