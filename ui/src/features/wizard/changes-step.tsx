import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import { type DomainDetail, type DraftView, asCoreError, queries, useMakePlan, useQuery } from "@/api";
import { useNow } from "@/app/clock";
import { useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button } from "@/components/button";
import { Empty, Loading, RegionError } from "@/components/region";
import { RollbackStrip } from "@/components/rollback-strip";
import { ServiceGraph } from "@/components/service-graph";
import { graphOf } from "@/features/domains/domain-inspector";
import { draftGraph } from "@/features/editor/draft-canvas";
import { ago, plural } from "@/lib/format";
import { ChangeTree } from "./change-tree";
import { DeviceDiff } from "./device-diff";
import { Stepper } from "./stepper";
import "./wizard.css";

/** Step 1: what would change, before beside after, each change in or left out. Nothing is sent. */
export function ChangesStep({ draft }: { draft: string }) {
  const query = useQuery(queries.draft(draft));
  const view = query.data;
  useCrumbs([
    { label: "Domains", to: to.domains() },
    { label: view?.domain ?? draft, mono: true, to: to.draft(draft) },
    { label: "Changes" },
  ]);
  if (query.isError)
    return (
      <div className="col grow">
        <RegionError
          error={asCoreError(query.error)}
          actions={<Button onClick={() => navigate(to.deployments())}>Open Deployments</Button>}
        />
      </div>
    );
  if (view === undefined) return <Loading noun="the draft" rows={12} />;
  return <Changes view={view} />;
}

function Changes({ view }: { view: DraftView }) {
  const [selected, setSelected] = useState<string | null>(null);
  const [device, setDevice] = useState<string | null>(null);
  const domain = useQuery(queries.domain(view.domain)).data;
  const edition = `${view.saved} ${view.changes.map((change) => `${change.id}${String(change.included)}`).join(",")}`;
  const preview = useQuery(queries.draftPlan(view.id, edition, view.canPlan));
  const make = useMakePlan();
  const now = useNow();
  const own = view.changes.filter((change) => !change.derived);
  const included = own.filter((change) => change.included).length;
  const derived = view.changes.length - own.length;
  const reverse = preview.data?.reverseLines ?? view.lines.reduce((sum, one) => sum + one.reverse.length, 0);
  const blocked = view.findings.filter((finding) => finding.severity === "error");
  const plan = () => view.canPlan && make.mutate(view.id, { onSuccess: (made) => navigate(to.plan(made.hash)) });
  useHotkeys({ "Ctrl Enter": plan });
  return (
    <section className="pane grow" data-testid="wizard-changes">
      <Stepper current="Changes" places={{}}>
        <span className="muted t12">not planned yet, draft saved {ago(new Date(view.saved), now)}</span>
      </Stepper>
      {make.error && <RegionError error={make.error} />}
      {blocked.map((finding) => (
        <RegionError
          key={`${finding.code} ${finding.object ?? ""}`}
          error={{ sentence: finding.sentence }}
          actions={<Button onClick={() => navigate(to.draft(view.id))}>Open the editor</Button>}
        />
      ))}
      <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0 }}>
        <div className="pane w-changes">
          <div className="pane-head">
            <h2>Changes</h2>
            <span className="faint t12">
              {included} of {own.length} included, {derived} derived
            </span>
          </div>
          <Counts view={view} domain={domain} lines={preview.data?.lines ?? 0} />
          <ChangeTree
            draft={view.id}
            changes={view.changes}
            selected={selected}
            onSelect={(change) => {
              setSelected(change.id);
              setDevice(change.device);
            }}
          />
        </div>
        <div className="pane grow">
          <BeforeAfter view={view} domain={domain} />
          {preview.isError && <RegionError error={asCoreError(preview.error)} />}
          {preview.data ? (
            <DeviceDiff
              devices={preview.data.devices.filter((one) => one.forward.length > 0)}
              device={device}
              onDevice={setDevice}
            />
          ) : (
            !preview.isError &&
            (view.canPlan ? (
              <Loading noun="the predicted texts" rows={8} />
            ) : (
              <Empty title="Nothing to compare">
                <p>
                  {included === 0 ? "No change is included." : "The draft has errors; no plan can be made from it."}
                </p>
              </Empty>
            ))
          )}
        </div>
      </div>
      <RollbackStrip
        sentence={`Nothing is sent in this step. Every change here has its reverse, ${plural(reverse, "line")}.`}
      >
        <Button icon={ArrowLeft} onClick={() => navigate(to.draft(view.id))}>
          Editor
        </Button>
        <Button
          look="ink"
          keys="Ctrl Enter"
          disabled={!view.canPlan || make.isPending}
          onClick={plan}
          data-testid="make-plan"
        >
          Make the plan
        </Button>
      </RollbackStrip>
    </section>
  );
}

function Counts({ view, domain, lines }: { view: DraftView; domain: DomainDetail | undefined; lines: number }) {
  const live = view.rows.filter((row) => row.sign !== "removed");
  const access = live.filter((row) => !row.derived).length;
  const fabric = live.length - access;
  const devicesAfter = new Set(live.map((row) => row.device)).size;
  const row = domain?.row;
  return (
    <div className="cmp">
      <span />
      <span className="h">Before</span>
      <span className="h">After</span>
      <span />
      <CountRow label="Devices" before={row?.devices.length} after={devicesAfter} />
      <CountRow label="Access attachments" before={row?.access} after={access} />
      <CountRow label="Fabric attachments, derived" before={row?.fabric} after={fabric} />
      <span>Lines sent</span>
      <span />
      <b>{lines}</b>
      <span />
    </div>
  );
}

function CountRow({ label, before, after }: { label: string; before: number | undefined; after: number }) {
  const step = before === undefined ? 0 : after - before;
  return (
    <>
      <span>{label}</span>
      <span>{before ?? ""}</span>
      <b>{after}</b>
      <span className={step > 0 ? "c-added" : "c-removed"}>
        {step > 0 ? `+${step}` : step < 0 ? `\u2212${-step}` : ""}
      </span>
    </>
  );
}

function BeforeAfter({ view, domain }: { view: DraftView; domain: DomainDetail | undefined }) {
  return (
    <div className="ba">
      <div>
        <h3>
          Before <span>the record</span>
        </h3>
        {domain && (
          <ServiceGraph
            label="Before"
            small
            quiet
            maxPorts={4}
            nodes={graphOf(domain)}
            links={domain.links.map((link) => ({ upper: link.upper, lower: link.lower, sign: "same" }))}
          />
        )}
      </div>
      <div>
        <h3>
          After <span>this draft</span>
        </h3>
        <ServiceGraph
          label="After"
          small
          quiet
          maxPorts={5}
          nodes={draftGraph(view, null)}
          links={view.links.map((link) => ({ upper: link.upper, lower: link.lower, sign: link.sign }))}
        />
      </div>
    </div>
  );
}
