import { PanelRight, Redo2, Undo2 } from "lucide-react";
import { useState } from "react";
import {
  type DraftView,
  type PortRow,
  asCoreError,
  hasCode,
  queries,
  useApplyToDraft,
  useDiscardDraft,
  useDraftStep,
  useQuery,
} from "@/api";
import { useNow } from "@/app/clock";
import { useCrumbNote, useCrumbs } from "@/app/crumbs";
import { useHotkeys } from "@/app/hotkeys";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button, IconButton } from "@/components/button";
import { Segmented } from "@/components/choice";
import { Empty, Loading, RegionError } from "@/components/region";
import { RollbackStrip } from "@/components/rollback-strip";
import { ago, plural } from "@/lib/format";
import { AttachmentTable } from "./attachment-table";
import { DraftCanvas } from "./draft-canvas";
import { LivePanel } from "./live-panel";
import { type Picking, previewInterface } from "./picking";
import { useWideWindow } from "./wide";
import "./editor.css";

type ViewMode = "canvas" | "both" | "form";

/** One draft in two views, canvas and form, with everything that follows from it beside them. */
export function EditorScreen({ draft }: { draft: string }) {
  const query = useQuery(queries.draft(draft));
  const view = query.data;
  useCrumbs([
    { label: "Domains", to: to.domains() },
    { label: view?.domain ?? draft, mono: true, ...(view === undefined ? {} : { to: to.domains(view.domain) }) },
    { label: "Draft" },
  ]);
  const now = useNow();
  useCrumbNote(view === undefined ? null : `saved ${ago(new Date(view.saved), now)}`);
  // A refresh that fails takes nothing off the screen, unless the draft itself is gone.
  if (query.isError && (view === undefined || hasCode(query.error, "draft-unknown")))
    return (
      <div className="col grow">
        <RegionError
          error={asCoreError(query.error)}
          actions={<Button onClick={() => navigate(to.domains())}>Open Bridge domains</Button>}
        />
        {hasCode(query.error, "draft-unknown") && <Empty title="This draft is finished or was discarded" />}
      </div>
    );
  if (view === undefined) return <Loading noun="the draft" rows={12} />;
  return <Editor view={view} />;
}

function Editor({ view }: { view: DraftView }) {
  const [mode, setMode] = useState<ViewMode>("both");
  const [picking, setPicking] = useState<Picking | null>(null);
  const [previewed, setPreviewed] = useState<PortRow | null>(null);
  const wide = useWideWindow();
  const [drawer, setDrawer] = useState(false);
  const apply = useApplyToDraft();
  const undo = useDraftStep("undo");
  const redo = useDraftStep("redo");
  const complain = useShell((shell) => shell.complain);
  const own = view.changes.filter((change) => !change.derived).length;

  const review = () => own > 0 && navigate(to.changes(view.id));
  const pick = (device: string | null) => {
    setPicking({ device: device ?? defaultDevice(view), text: "" });
    if (!wide) setDrawer(true);
  };
  const attach = (device: string, port: string, keepOpen = false) => {
    apply.mutate(
      { draft: view.id, operation: { op: "addAttachment", device, port, vlan: null } },
      {
        onError: complain,
        onSuccess: () => {
          setPreviewed(null);
          setPicking(keepOpen ? { device, text: "" } : null);
        },
      },
    );
  };
  const remove = (device: string, name: string) =>
    apply.mutate(
      { draft: view.id, operation: { op: "removeAttachment", device, interface: name } },
      { onError: complain },
    );

  useHotkeys({
    A: () => pick(null),
    "Ctrl Z": () => view.undo !== null && undo.mutate(view.id, { onError: complain }),
    "Ctrl Y": () => view.redo !== null && redo.mutate(view.id, { onError: complain }),
    "Ctrl Enter": () => picking === null && review(),
    L: () => setDrawer(!drawer),
    F8: () => document.querySelector<HTMLElement>("[data-finding]")?.focus(),
    Escape: () => setPicking(null),
  });

  const preview =
    picking !== null && previewed !== null && picking.device === previewed.device
      ? { device: previewed.device, interface: previewInterface(previewed.port, view.vlan) }
      : null;
  const panel = (
    <LivePanel
      view={view}
      picking={picking}
      preview={preview}
      onPreview={setPreviewed}
      onPicking={setPicking}
      onAttach={attach}
      onRemove={remove}
      onClose={wide ? null : () => setDrawer(false)}
    />
  );
  return (
    <div className="col grow">
      <div className="row grow" style={{ alignItems: "stretch", gap: 0, minHeight: 0, position: "relative" }}>
        <section className="pane grow" aria-label={`Draft of ${view.domain}`} data-testid="editor">
          <div className="ebar">
            <span className="mono strong t14">{view.domain}</span>
            <span className="tag" data-testid="draft-vlan">
              {view.vlan ?? "none"}
            </span>
            <span className="muted t12">{view.kind}</span>
            <span className="grow" />
            <Button
              look="ghost"
              size="sm"
              icon={Undo2}
              disabled={view.undo === null}
              onClick={() => undo.mutate(view.id, { onError: complain })}
              className="undo-b"
              data-testid="undo"
            >
              <span className="ell">{view.undo === null ? "Undo" : `Undo: ${view.undo}`}</span>
            </Button>
            <IconButton
              icon={Redo2}
              label={view.redo === null ? "Redo" : `Redo: ${view.redo}`}
              disabled={view.redo === null}
              onClick={() => redo.mutate(view.id, { onError: complain })}
            />
            <Segmented<ViewMode>
              label="Views of the draft"
              value={mode}
              options={[
                { value: "canvas", label: "Canvas" },
                { value: "both", label: "Both" },
                { value: "form", label: "Form" },
              ]}
              onChange={setMode}
            />
            {!wide && (
              <Button icon={PanelRight} keys="L" aria-pressed={drawer} onClick={() => setDrawer(!drawer)}>
                Live
              </Button>
            )}
            <Button look="ink" keys="Ctrl Enter" disabled={own === 0} onClick={review} data-testid="review-changes">
              Review {plural(own, "change")}
            </Button>
          </div>
          {mode !== "form" && (
            <DraftCanvas
              covered={!wide && drawer}
              view={view}
              preview={preview}
              tall={mode === "canvas"}
              onPick={pick}
              onAttach={attach}
            />
          )}
          {mode !== "canvas" && (
            <AttachmentTable
              view={view}
              picking={picking}
              onPicking={setPicking}
              onPick={pick}
              onRemove={remove}
              busy={apply.isPending}
              preview={preview}
              onAttach={attach}
              previewed={previewed}
            />
          )}
        </section>
        {wide && (
          <aside className="pane" style={{ width: 476, flex: "none" }} aria-label="Live">
            {panel}
          </aside>
        )}
        {!wide && drawer && (
          <aside className="drawer" aria-label="Live">
            {panel}
          </aside>
        )}
      </div>
      <DraftStrip view={view} />
    </div>
  );
}

function DraftStrip({ view }: { view: DraftView }) {
  const discard = useDiscardDraft();
  const complain = useShell((shell) => shell.complain);
  const back = view.lines.reduce((sum, device) => sum + device.reverse.length, 0);
  return (
    <RollbackStrip
      sentence={
        back === 0
          ? view.changes.length === 0
            ? "Nothing to roll back: the draft equals the record."
            : "Nothing is sent while you edit, and nothing can be sent while validation has errors."
          : `Nothing is sent while you edit. Every change here has its reverse, ${plural(back, "line")}.`
      }
    >
      <Button
        onClick={() =>
          discard.mutate(view.id, { onSuccess: () => navigate(to.domains(view.domain)), onError: complain })
        }
        data-testid="discard-draft"
      >
        Discard draft
      </Button>
      <Button onClick={() => navigate(to.domains(view.domain))}>Back to the domain</Button>
    </RollbackStrip>
  );
}

/** Where a new attachment is asked first: the first leaf of the service, else its first device. */
function defaultDevice(view: DraftView): string {
  const leaf = view.devices.find((device) => device.tier === "leaf");
  return leaf?.device ?? view.devices[0]?.device ?? "";
}
