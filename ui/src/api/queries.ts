import { QueryClient, keepPreviousData, queryOptions, skipToken, useQuery } from "@tanstack/react-query";
import type { AgentKeyRow, DriftPolicyTerms, ScheduleInput, SyncTarget, TextForm } from "./bindings";
import { commands } from "./bindings";
import { CoreError, unwrap } from "./core-error";

/**
 * Keys begin with the topic that the core names when data changes, so one invalidation reaches everything below it.
 * Immutable things (a plan, a snapshot's text) have a topic of their own that is never invalidated.
 */
export const keys = {
  status: ["status"],
  activities: ["status", "activities"],
  devices: ["devices"],
  credentials: ["devices", "credentials"],
  agentKeys: ["devices", "agent-keys"],
  jumpHosts: ["devices", "jump-hosts"],
  domains: ["domains"],
  domain: (name: string) => ["domains", "detail", name],
  domainConfig: (name: string) => ["domains", "config", name],
  map: ["domains", "map"],
  audit: ["domains", "audit"],
  syncPreview: (target: SyncTarget | null) => ["domains", "sync-preview", JSON.stringify(target)],
  drafts: ["drafts"],
  draft: (id: string) => ["drafts", "one", id],
  ports: (device: string, draft: string) => ["domains", "ports", device, draft],
  search: (query: string) => ["domains", "search", query],
  drift: ["drift"],
  driftEvent: (id: number) => ["drift", "one", id],
  driftPolicies: ["drift", "policies"],
  driftDecisions: ["drift", "decisions"],
  driftTrial: (terms: string, days: number) => ["drift", "trial", terms, days],
  insight: (days: number) => ["insight", days],
  schedules: ["checks", "schedules"],
  scheduleBlank: ["checks", "blank"],
  schedulePreview: (timing: string) => ["checks", "preview", timing],
  checkRuns: (limit: number) => ["checks", "runs", limit],
  plan: (hash: string) => ["plan", hash],
  prechecks: (hash: string) => ["devices", "prechecks", hash],
  deployments: ["deployments"],
  deployment: (id: number) => ["deployments", "one", id],
  transcript: (id: number) => ["transcript", id],
  snapshots: ["snapshots"],
  snapshotList: (device: string) => ["snapshots", "list", device],
  snapshotText: (id: number, form: TextForm) => ["snapshot-text", id, form],
  snapshotDiff: (a: number, b: number, form: TextForm) => ["snapshot-diff", a, b, form],
  snapshotsChanged: (a: string, b: string) => ["snapshots", "changed", a, b],
  snapshotSearch: (query: string) => ["snapshots", "search", query],
  settings: ["settings"],
  tray: ["tray"],
} as const;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 10 * 60_000,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

export const queries = {
  status: () => queryOptions({ queryKey: keys.status, queryFn: () => unwrap(commands.appStatus()) }),
  activities: () => queryOptions({ queryKey: keys.activities, queryFn: () => unwrap(commands.activities()) }),
  devices: () => queryOptions({ queryKey: keys.devices, queryFn: () => unwrap(commands.devicesList()) }),
  credentials: () => queryOptions({ queryKey: keys.credentials, queryFn: () => unwrap(commands.credentialsList()) }),
  agentKeys: () =>
    queryOptions<AgentKeyRow[], CoreError>({
      queryKey: keys.agentKeys,
      queryFn: () => unwrap(commands.agentKeys()),
      retry: false,
    }),
  jumpHosts: () => queryOptions({ queryKey: keys.jumpHosts, queryFn: () => unwrap(commands.jumpHostsList()) }),
  domains: () => queryOptions({ queryKey: keys.domains, queryFn: () => unwrap(commands.domainsList()) }),
  domain: (name: string | null) =>
    queryOptions({
      queryKey: keys.domain(name ?? ""),
      queryFn: name === null ? skipToken : () => unwrap(commands.domainDetail(name)),
      placeholderData: keepPreviousData,
    }),
  domainConfig: (name: string) =>
    queryOptions({ queryKey: keys.domainConfig(name), queryFn: () => unwrap(commands.domainConfig(name)) }),
  map: () => queryOptions({ queryKey: keys.map, queryFn: () => unwrap(commands.fabricMap()) }),
  drafts: () => queryOptions({ queryKey: keys.drafts, queryFn: () => unwrap(commands.draftsList()) }),
  draft: (id: string) => queryOptions({ queryKey: keys.draft(id), queryFn: () => unwrap(commands.draftGet(id)) }),
  ports: (device: string | null, draft: string) =>
    queryOptions({
      queryKey: keys.ports(device ?? "", draft),
      queryFn: device === null ? skipToken : () => unwrap(commands.portsOf(device, draft)),
    }),
  search: (query: string) =>
    queryOptions({
      queryKey: keys.search(query),
      queryFn: query === "" ? skipToken : () => unwrap(commands.search(query)),
      placeholderData: keepPreviousData,
    }),
  /** Waits as long as it is not known which plan. */
  plan: (hash: string | undefined) =>
    queryOptions({
      queryKey: keys.plan(hash ?? ""),
      queryFn: hash === undefined ? skipToken : () => unwrap(commands.planGet(hash)),
    }),
  /** The plan that a draft gives as it stands now; `edition` changes with every edit of the draft. */
  draftPlan: (draft: string, edition: string, possible: boolean) =>
    queryOptions({
      queryKey: ["draft-plan", draft, edition],
      queryFn: possible ? () => unwrap(commands.planMake(draft)) : skipToken,
      placeholderData: keepPreviousData,
      gcTime: 60_000,
    }),
  /** What a targeted discovery would take, by the records; nothing is contacted. */
  syncPreview: (target: SyncTarget | null) =>
    queryOptions({
      queryKey: keys.syncPreview(target),
      queryFn: target === null ? skipToken : () => unwrap(commands.syncPreview(target)),
      placeholderData: keepPreviousData,
      retry: false,
      gcTime: 60_000,
    }),
  audit: () => queryOptions({ queryKey: keys.audit, queryFn: () => unwrap(commands.audit(null)) }),
  drift: () => queryOptions({ queryKey: keys.drift, queryFn: () => unwrap(commands.driftList()) }),
  driftEvent: (id: number | null) =>
    queryOptions({
      queryKey: keys.driftEvent(id ?? 0),
      queryFn: id === null ? skipToken : () => unwrap(commands.driftDetail(id)),
    }),
  driftPolicies: () => queryOptions({ queryKey: keys.driftPolicies, queryFn: () => unwrap(commands.driftPolicies()) }),
  driftDecisions: () =>
    queryOptions({ queryKey: keys.driftDecisions, queryFn: () => unwrap(commands.driftDecisions()) }),
  /** What a policy would have done; none while its form is not filled in. */
  driftTrial: (terms: DriftPolicyTerms | null, days: number) =>
    queryOptions({
      queryKey: keys.driftTrial(JSON.stringify(terms), days),
      queryFn: terms === null ? skipToken : () => unwrap(commands.driftPolicyTry(terms, days)),
      placeholderData: keepPreviousData,
      gcTime: 60_000,
    }),
  insight: (days: number) =>
    queryOptions({
      queryKey: keys.insight(days),
      queryFn: () => unwrap(commands.driftInsight(days)),
      placeholderData: keepPreviousData,
    }),
  schedules: () => queryOptions({ queryKey: keys.schedules, queryFn: () => unwrap(commands.schedulesList()) }),
  scheduleBlank: () => queryOptions({ queryKey: keys.scheduleBlank, queryFn: () => unwrap(commands.scheduleBlank()) }),
  /** When a schedule would be due; only what decides that is part of the key. */
  schedulePreview: (input: ScheduleInput) =>
    queryOptions({
      queryKey: keys.schedulePreview(`${input.id ?? "new"} ${input.cron} ${input.zone} ${input.jitterSeconds}`),
      queryFn: () => unwrap(commands.schedulePreview(input)),
      placeholderData: keepPreviousData,
      gcTime: 60_000,
    }),
  checkRuns: (limit: number) =>
    queryOptions({ queryKey: keys.checkRuns(limit), queryFn: () => unwrap(commands.checkRuns(limit)) }),
  /** The plan that a choice of a deployment would run; it is asked for only when someone looks. */
  childPlan: (deployment: number, choice: string | null) =>
    queryOptions({
      queryKey: ["deployments", "child", deployment, choice ?? ""],
      queryFn: choice === null ? skipToken : () => unwrap(commands.deploymentChild(deployment, choice)),
      gcTime: 0,
    }),
  rollbackChoices: (deployment: number) =>
    queryOptions({
      queryKey: ["deployments", "ways-back", deployment],
      queryFn: () => unwrap(commands.rollbackChoices(deployment)),
      gcTime: 0,
    }),
  prechecks: (hash: string) =>
    queryOptions({ queryKey: keys.prechecks(hash), queryFn: () => unwrap(commands.planPrecheck(hash)) }),
  deployments: () => queryOptions({ queryKey: keys.deployments, queryFn: () => unwrap(commands.deploymentsList()) }),
  deployment: (id: number | null) =>
    queryOptions({
      queryKey: keys.deployment(id ?? 0),
      queryFn: id === null ? skipToken : () => unwrap(commands.deploymentDetail(id)),
    }),
  snapshots: () => queryOptions({ queryKey: keys.snapshots, queryFn: () => unwrap(commands.snapshotsOverview()) }),
  snapshotList: (device: string | null) =>
    queryOptions({
      queryKey: keys.snapshotList(device ?? ""),
      queryFn: device === null ? skipToken : () => unwrap(commands.snapshotList(device)),
    }),
  snapshotText: (id: number | null, form: TextForm) =>
    queryOptions({
      queryKey: keys.snapshotText(id ?? 0, form),
      queryFn: id === null ? skipToken : () => unwrap(commands.snapshotText(id, form)),
    }),
  snapshotDiff: (a: number | null, b: number | null, form: TextForm) =>
    queryOptions({
      queryKey: keys.snapshotDiff(a ?? 0, b ?? 0, form),
      queryFn: a === null || b === null ? skipToken : () => unwrap(commands.snapshotDiff(a, b, form)),
      placeholderData: keepPreviousData,
    }),
  snapshotsChanged: (a: string | null, b: string | null) =>
    queryOptions({
      queryKey: keys.snapshotsChanged(a ?? "", b ?? ""),
      queryFn: a === null || b === null ? skipToken : () => unwrap(commands.snapshotsChanged(a, b)),
      placeholderData: keepPreviousData,
    }),
  snapshotSearch: (query: string) =>
    queryOptions({
      queryKey: keys.snapshotSearch(query),
      queryFn: query === "" ? skipToken : () => unwrap(commands.snapshotSearch(query)),
      placeholderData: keepPreviousData,
    }),
  settings: () => queryOptions({ queryKey: keys.settings, queryFn: () => unwrap(commands.settingsGet()) }),
  tray: () => queryOptions({ queryKey: keys.tray, queryFn: () => unwrap(commands.trayStatus()) }),
};

export { useQuery };

/** Whether an error of a query is a refusal with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof CoreError && error.code === code;
}
