import { useState } from "react";
import { type DriftInbox, asCoreError, queries, useQuery } from "@/api";
import { useCrumbs } from "@/app/crumbs";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Loading, RegionError } from "@/components/region";
import { Tabs } from "@/components/tabs";
import { CheckButton, LastCheck, useCheck } from "./check";
import { ChecksTab } from "./checks-tab";
import { asks } from "./inbox";
import { InboxTab } from "./inbox-tab";
import { PoliciesTab } from "./policies-tab";
import { TrendsTab } from "./trends-tab";
import "./drift.css";
import "./policies.css";
import "./checks.css";
import "./trends.css";

type TabId = "inbox" | "policies" | "checks" | "trends";
const LABEL: Record<TabId, string> = { inbox: "Inbox", policies: "Policies", checks: "Checks", trends: "Trends" };
const PLACE: Record<TabId, () => string> = {
  inbox: () => to.drift(),
  policies: to.driftPolicies,
  checks: () => to.driftChecks(),
  trends: () => to.driftTrends(),
};

/** Where devices differ from what is expected of them, what is done about it, when it is looked for, what it tells. */
export function DriftScreen({ part }: { part: string | null }) {
  const tab: TabId = part === "policies" || part === "checks" || part === "trends" ? part : "inbox";
  useCrumbs([{ label: "Drift", ...(tab === "inbox" ? {} : { to: to.drift() }) }, ...crumbOf(tab)]);
  const list = useQuery(queries.drift());
  if (list.isError) return <RegionError error={asCoreError(list.error)} />;
  if (list.data === undefined) return <Loading noun="drift" rows={10} />;
  const id = Number(part);
  return <Drift inbox={list.data} tab={tab} event={part === null || !Number.isInteger(id) ? null : id} />;
}

function crumbOf(tab: TabId) {
  return tab === "inbox" ? [] : [{ label: LABEL[tab] }];
}

function Drift({ inbox, tab, event }: { inbox: DriftInbox; tab: TabId; event: number | null }) {
  const [showLeft, setShowLeft] = useState(false);
  const policies = useQuery(queries.driftPolicies()).data;
  const schedules = useQuery(queries.schedules()).data;
  const check = useCheck();
  const counts: Record<TabId, number | undefined> = {
    inbox: inbox.open.filter(asks).length,
    policies: policies?.filter((policy) => policy.state === "in-force").length,
    checks: schedules?.filter((schedule) => schedule.input.enabled).length,
    trends: undefined,
  };
  return (
    <div className="col grow" data-testid="drift" data-tab={tab}>
      <Tabs<TabId>
        label="Parts of Drift"
        value={tab}
        tabs={(Object.keys(LABEL) as TabId[]).map((id) => ({ id, label: LABEL[id], count: counts[id] }))}
        onChange={(next) => navigate(PLACE[next]())}
        end={
          <>
            <LastCheck />
            <CheckButton check={check} label="Check all" devices={null} testId="check-all" />
          </>
        }
      >
        {tab === "inbox" && (
          <InboxTab inbox={inbox} event={event} check={check} showLeft={showLeft} onShowLeft={setShowLeft} />
        )}
        {tab === "policies" && <PoliciesTab />}
        {tab === "checks" && <ChecksTab check={check} />}
        {tab === "trends" && <TrendsTab />}
      </Tabs>
    </div>
  );
}
