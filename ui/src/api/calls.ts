import { useMutation, useQueryClient } from "@tanstack/react-query";
import type {
  ActivityView,
  CheckRequest,
  CheckStarted,
  CredentialWay,
  DeployOptions,
  DeploymentDetail,
  DeviceRow,
  DraftOperation,
  DraftView,
  DriftPolicyTerms,
  DriftPolicyView,
  DriftSynced,
  ImportRequest,
  JumpHostRequest,
  JumpHostRow,
  PlanView,
  RollbackChoice,
  ScanReport,
  SyncReport,
  SyncTarget,
  RestoreRequest,
  ScheduleInput,
  ScheduleView,
  SettingInput,
  SettingsView,
} from "./bindings";
import { commands } from "./bindings";
import { CoreError, asCoreError, unwrap } from "./core-error";
import { keys } from "./queries";

export { CoreError, asCoreError };

/** Requests that only read or prepare and are awaited in place. */
export const calls = {
  exportPlan: (plan: string) => unwrap(commands.planExport(plan)),
  pickImportFile: () => unwrap(commands.pickImportFile()),
  previewImport: (request: ImportRequest) => unwrap(commands.devicesImportPreview(request)),
  testDevice: (device: string) => unwrap(commands.deviceTest(device)),
  transcript: (deployment: number, from: number) => unwrap(commands.deploymentTranscript(deployment, null, from)),
};

export interface DraftCall {
  draft: string;
  operation: DraftOperation;
}

/** Every edit answers with the whole draft, which becomes the cached one at once. */
function useDraftAnswer() {
  const client = useQueryClient();
  return (view: DraftView) => {
    // A read that began before the edit would put the older draft over the newer one.
    void client.cancelQueries({ queryKey: keys.draft(view.id), exact: true });
    client.setQueryData(keys.draft(view.id), view);
    void client.invalidateQueries({ queryKey: keys.drafts, exact: true });
    void client.invalidateQueries({ queryKey: keys.domains, exact: true });
    void client.invalidateQueries({ queryKey: keys.domain(view.domain) });
  };
}

export function useOpenDraft() {
  const onSuccess = useDraftAnswer();
  return useMutation<DraftView, CoreError, string>({
    mutationFn: (domain) => unwrap(commands.draftOpen(domain)),
    onSuccess,
  });
}

export function useApplyToDraft() {
  const onSuccess = useDraftAnswer();
  return useMutation<DraftView, CoreError, DraftCall>({
    mutationFn: ({ draft, operation }) => unwrap(commands.draftApply(draft, operation)),
    onSuccess,
  });
}

export function useDraftStep(direction: "undo" | "redo") {
  const onSuccess = useDraftAnswer();
  return useMutation<DraftView, CoreError, string>({
    mutationFn: (draft) => unwrap(direction === "undo" ? commands.draftUndo(draft) : commands.draftRedo(draft)),
    onSuccess,
  });
}

export function useIncludeChange() {
  const onSuccess = useDraftAnswer();
  return useMutation<DraftView, CoreError, { draft: string; change: string; included: boolean }>({
    mutationFn: ({ draft, change, included }) => unwrap(commands.draftInclude(draft, change, included)),
    onSuccess,
  });
}

export function useDiscardDraft() {
  const client = useQueryClient();
  return useMutation<null, CoreError, string>({
    mutationFn: (draft) => unwrap(commands.draftDiscard(draft)),
    onSuccess: (_, draft) => {
      client.removeQueries({ queryKey: keys.draft(draft) });
      void client.invalidateQueries({ queryKey: keys.drafts, exact: true });
      void client.invalidateQueries({ queryKey: keys.domains });
    },
  });
}

export function useMakePlan() {
  const client = useQueryClient();
  return useMutation<PlanView, CoreError, string>({
    mutationFn: (draft) => unwrap(commands.planMake(draft)),
    onSuccess: (plan) => client.setQueryData(keys.plan(plan.hash), plan),
  });
}

export function useRollbackPlan() {
  const client = useQueryClient();
  return useMutation<PlanView, CoreError, number>({
    mutationFn: (deployment) => unwrap(commands.rollbackPlan(deployment)),
    onSuccess: (plan) => client.setQueryData(keys.plan(plan.hash), plan),
  });
}

/** Reads what is meant and takes it as it is. */
export function useSyncTarget() {
  const client = useQueryClient();
  return useMutation<SyncReport, CoreError, SyncTarget>({
    mutationFn: (target) => unwrap(commands.syncTarget(target, null)),
    onSuccess: () => refresh(client, ["drift", "domains"]),
  });
}

/** Checks devices and shows them beside the records. */
export function useScan() {
  const client = useQueryClient();
  return useMutation<ScanReport, CoreError, readonly string[]>({
    mutationFn: (devices) => unwrap(commands.deviceScan([...devices])),
    onSuccess: () => refresh(client, ["drift", "domains"]),
  });
}

/** Plans a way back where others changed the same objects since. */
export function useWayBackPlan() {
  const client = useQueryClient();
  return useMutation<PlanView, CoreError, { deployment: number; choice: RollbackChoice }>({
    mutationFn: ({ deployment, choice }) => unwrap(commands.rollbackChoicePlan(deployment, choice)),
    onSuccess: (plan) => client.setQueryData(keys.plan(plan.hash), plan),
  });
}

/** Plans the removal of leftovers, on some devices or on all. */
export function useCleanUpPlan() {
  const client = useQueryClient();
  return useMutation<PlanView, CoreError, string[] | null>({
    mutationFn: (devices) => unwrap(commands.cleanUpPlan(devices)),
    onSuccess: (plan) => client.setQueryData(keys.plan(plan.hash), plan),
  });
}

/** Events that are decided together, and why in a person's words; none where nothing was typed. */
export interface DriftCall {
  ids: readonly number[];
  why: string | null;
}

/** Reads the devices of these events again and takes what they hold as what is expected. */
export function useDriftSync() {
  const client = useQueryClient();
  return useMutation<DriftSynced, CoreError, DriftCall>({
    mutationFn: ({ ids, why }) => unwrap(commands.driftSync([...ids], why)),
    onSuccess: () => refresh(client, ["drift", "domains"]),
  });
}

/** Plans what puts back what these events expect. */
export function useDriftOverride() {
  const client = useQueryClient();
  return useMutation<PlanView, CoreError, DriftCall>({
    mutationFn: ({ ids, why }) => unwrap(commands.driftOverridePlan([...ids], why)),
    onSuccess: (plan) => client.setQueryData(keys.plan(plan.hash), plan),
  });
}

/** Leaves these events open: they ask for nothing until their objects change again. */
export function useDriftLeave() {
  const client = useQueryClient();
  return useMutation<null, CoreError, DriftCall>({
    mutationFn: ({ ids, why }) => unwrap(commands.driftLeave([...ids], why)),
    onSuccess: () => refresh(client, ["drift"]),
  });
}

export function useSavePolicy() {
  const client = useQueryClient();
  return useMutation<DriftPolicyView, CoreError, { terms: DriftPolicyTerms; replaces: number | null }>({
    mutationFn: ({ terms, replaces }) => unwrap(commands.driftPolicySave(terms, replaces)),
    onSuccess: () => refresh(client, ["drift"]),
  });
}

export function useEndPolicy() {
  const client = useQueryClient();
  return useMutation<null, CoreError, number>({
    mutationFn: (id) => unwrap(commands.driftPolicyEnd(id)),
    onSuccess: () => refresh(client, ["drift"]),
  });
}

export function useSaveSchedule() {
  const client = useQueryClient();
  return useMutation<ScheduleView, CoreError, ScheduleInput>({
    mutationFn: (input) => unwrap(commands.scheduleSave(input)),
    onSuccess: () => refresh(client, ["checks"]),
  });
}

export function useRemoveSchedule() {
  const client = useQueryClient();
  return useMutation<null, CoreError, number>({
    mutationFn: (id) => unwrap(commands.scheduleRemove(id)),
    onSuccess: () => refresh(client, ["checks"]),
  });
}

/** Plans what puts a device or a bridge domain back as it was at a moment. */
export function useRestorePlan() {
  const client = useQueryClient();
  return useMutation<PlanView, CoreError, RestoreRequest>({
    mutationFn: (request) => unwrap(commands.restorePlan(request)),
    onSuccess: (plan) => client.setQueryData(keys.plan(plan.hash), plan),
  });
}

function useDeploymentAnswer() {
  const client = useQueryClient();
  return (detail: DeploymentDetail) => {
    client.setQueryData(keys.deployment(detail.row.id), detail);
    void client.invalidateQueries({ queryKey: keys.deployments, exact: true });
  };
}

export function useStartDeployment() {
  const onSuccess = useDeploymentAnswer();
  return useMutation<DeploymentDetail, CoreError, { plan: string; options: DeployOptions }>({
    mutationFn: ({ plan, options }) => unwrap(commands.deploymentStart(plan, options)),
    onSuccess,
  });
}

export function useChoose() {
  const onSuccess = useDeploymentAnswer();
  return useMutation<DeploymentDetail, CoreError, { deployment: number; choice: string; why: string | null }>({
    mutationFn: ({ deployment, choice, why }) => unwrap(commands.deploymentChoose(deployment, choice, why)),
    onSuccess,
  });
}

function useActivityAnswer() {
  const client = useQueryClient();
  return (activity: ActivityView) => {
    client.setQueryData<ActivityView[]>(keys.activities, (old) => mergeActivity(old, activity));
  };
}

export function useStartPracticeLab() {
  const onSuccess = useActivityAnswer();
  return useMutation<ActivityView, CoreError, undefined>({
    mutationFn: () => unwrap(commands.startPracticeLab()),
    onSuccess,
  });
}

export function useDiscover() {
  const onSuccess = useActivityAnswer();
  return useMutation<ActivityView, CoreError, string[] | null>({
    mutationFn: (devices) => unwrap(commands.discoveryStart(devices)),
    onSuccess,
  });
}

/** Reads devices, what a schedule names, or all, and compares them with what is expected; records stay. */
export function useCheckNow() {
  const client = useQueryClient();
  const follow = useActivityAnswer();
  return useMutation<CheckStarted, CoreError, CheckRequest>({
    mutationFn: (request) => unwrap(commands.checkNow(request)),
    onSuccess: (started) => {
      follow(started.activity);
      void refresh(client, ["checks"]);
    },
  });
}

export function useCancelActivity() {
  return useMutation<null, CoreError, string>({ mutationFn: (id) => unwrap(commands.activityCancel(id)) });
}

export function useImportDevices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: ImportRequest) => unwrap(commands.devicesImport(request)),
    onSuccess: () => refresh(client, ["devices", "status"]),
  });
}

export function useRemoveDevice() {
  const client = useQueryClient();
  return useMutation<null, CoreError, string>({
    mutationFn: (device) => unwrap(commands.deviceRemove(device)),
    onSuccess: () => refresh(client, ["devices", "domains", "status"]),
  });
}

export interface NewCredential {
  name: string;
  user: string;
  way: CredentialWay;
  /** Path of the key file, or fingerprint of the agent's key; empty for a password. */
  key: string;
  /** Password or passphrase; empty for a key without one. */
  secret: string;
  sessionOnly: boolean;
}

export function useSetCredential() {
  const client = useQueryClient();
  return useMutation<null, CoreError, NewCredential>({
    mutationFn: ({ secret, key, ...rest }) =>
      unwrap(commands.credentialSet({ ...rest, key: key === "" ? null : key }, secret === "" ? null : secret)),
    // The secret stays in the request only: a finished mutation is forgotten at once.
    gcTime: 0,
    onSuccess: () => refresh(client, ["devices"]),
  });
}

export function useTrustKey() {
  const client = useQueryClient();
  return useMutation<DeviceRow, CoreError, { device: string; fingerprint: string; typed: string | null }>({
    mutationFn: ({ device, fingerprint, typed }) =>
      unwrap(
        typed === null
          ? commands.hostKeyTrust(device, fingerprint)
          : commands.hostKeyReplace(device, fingerprint, typed),
      ),
    onSuccess: () => refresh(client, ["devices", "status"]),
  });
}

export function useSetJumpHost() {
  const client = useQueryClient();
  return useMutation<JumpHostRow, CoreError, JumpHostRequest>({
    mutationFn: (request) => unwrap(commands.jumpHostSet(request)),
    onSuccess: () => refresh(client, ["devices"]),
  });
}

export function useRemoveJumpHost() {
  const client = useQueryClient();
  return useMutation<null, CoreError, string>({
    mutationFn: (jump) => unwrap(commands.jumpHostRemove(jump)),
    onSuccess: () => refresh(client, ["devices"]),
  });
}

/** Reaches devices through a jump host from now on, or directly without one. */
export function useJumpThrough() {
  const client = useQueryClient();
  return useMutation<null, CoreError, { jump: string | null; devices: string[] }>({
    mutationFn: ({ jump, devices }) => unwrap(commands.jumpHostUse(jump, devices, [])),
    onSuccess: () => refresh(client, ["devices"]),
  });
}

export function useTrustJumpKey() {
  const client = useQueryClient();
  return useMutation<JumpHostRow, CoreError, { jump: string; fingerprint: string; typed: string | null }>({
    mutationFn: ({ jump, fingerprint, typed }) => unwrap(commands.jumpKeyTrust(jump, fingerprint, typed)),
    onSuccess: () => refresh(client, ["devices"]),
  });
}

export function useSetSetting() {
  const client = useQueryClient();
  return useMutation<SettingsView, CoreError, SettingInput>({
    mutationFn: (input) => unwrap(commands.settingsSet(input)),
    onSuccess: (view) => client.setQueryData(keys.settings, view),
  });
}

export function useUndoSetting() {
  const client = useQueryClient();
  return useMutation<SettingsView, CoreError, number>({
    mutationFn: (change) => unwrap(commands.settingsUndo(change)),
    onSuccess: (view) => client.setQueryData(keys.settings, view),
  });
}

/** Remembers where the window was; a failure here is not worth a word to the person. */
export async function rememberPlace(path: string): Promise<void> {
  await commands.settingsSet({ setting: "lastPlace", value: path });
}

function refresh(client: ReturnType<typeof useQueryClient>, topics: readonly string[]) {
  return Promise.all(topics.map((topic) => client.invalidateQueries({ queryKey: [topic] })));
}

/** Puts a changed activity in its place, newest first. */
export function mergeActivity(old: readonly ActivityView[] | undefined, changed: ActivityView): ActivityView[] {
  const rest = (old ?? []).filter((activity) => activity.id !== changed.id);
  return [changed, ...rest].sort((a, b) => b.started.localeCompare(a.started));
}
