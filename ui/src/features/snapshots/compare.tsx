import { Undo2 } from "lucide-react";
import { useMemo } from "react";
import { type SnapshotRow, type TextForm, asCoreError, queries, useQuery, useRestorePlan } from "@/api";
import { useNowCoarse } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { Button } from "@/components/button";
import { Segmented, Select } from "@/components/choice";
import { CopyLines } from "@/components/cli-lines";
import { DeviceText } from "@/components/device-text";
import { Loading, RegionError } from "@/components/region";
import { DiffSummary, TextDiff } from "@/components/text-diff";
import { moment, plural } from "@/lib/format";
import { readsAt } from "./moments";

type View = TextForm | "raw";

export interface CompareProps {
  device: string;
  a: number | null;
  b: number | null;
  momentA: string;
  momentB: string;
  find: string;
  view: string | null;
  onPick: (changes: Record<string, string | null>) => void;
}

/** Two reads of one device beside each other, in three forms, or the whole text of one read. */
export function Compare(props: CompareProps) {
  const { device, onPick } = props;
  const view: View = VIEWS.find((one) => one.value === props.view)?.value ?? "text";
  const reads = useQuery(queries.snapshotList(device));
  const rows = useMemo(() => reads.data ?? [], [reads.data]);
  const [atA, atB] = readsAt(rows, props.momentA, props.momentB);
  const a = rows.find((row) => row.id === props.a) ?? atA;
  const b = rows.find((row) => row.id === props.b) ?? atB;
  const form: TextForm = view === "raw" ? "text" : view;
  const diff = useQuery(queries.snapshotDiff(a?.id ?? null, b?.id ?? null, form));
  const pickA = (read: SnapshotRow) =>
    onPick({ sa: String(read.id), ...(read.at <= props.momentB ? { a: read.at } : {}) });
  const pickB = (read: SnapshotRow) =>
    onPick({ sb: String(read.id), ...(read.at >= props.momentA ? { b: read.at } : {}) });
  return (
    <section className="pane grow" aria-label={`Snapshots of ${device}`} data-testid="compare">
      <div className="pane-head" style={{ gap: 8 }}>
        <h2>{device}</h2>
        {view !== "raw" && diff.data && <DiffSummary diff={diff.data} />}
        {view === "raw" && b && <span className="muted t12">{plural(b.lines, "line")}</span>}
        <span className="grow" />
        {a !== null && <PutBack device={device} read={a} />}
        <Segmented<View> label="Form" small value={view} options={VIEWS} onChange={(next) => onPick({ view: next })} />
      </div>
      {reads.isError && <RegionError error={asCoreError(reads.error)} />}
      {diff.isError && view !== "raw" && <RegionError error={asCoreError(diff.error)} />}
      {view === "raw" ? (
        <Raw read={b} rows={rows} find={props.find} onPick={pickB} />
      ) : diff.data === undefined ? (
        !diff.isError && <Loading noun={`the texts of ${device}`} rows={12} />
      ) : (
        <div className={`col grow ${diff.isPlaceholderData ? "stale" : ""}`}>
          <TextDiff
            diff={diff.data}
            layout="split"
            label={`${device} at A and B`}
            same={`${device} has the same text in both reads.`}
            before={<ReadPick name="A" read={a} rows={rows} onPick={pickA} />}
            after={<ReadPick name="B" read={b} rows={rows} onPick={pickB} />}
          />
        </div>
      )}
    </section>
  );
}

/** Opens the plan that leads from what the device holds now to what read A shows. */
function PutBack({ device, read }: { device: string; read: SnapshotRow }) {
  const plan = useRestorePlan();
  const complain = useShell((shell) => shell.complain);
  const open = () => {
    if (plan.isPending) return;
    plan.mutate(
      { what: "device", device, at: read.at },
      { onSuccess: (made) => navigate(to.plan(made.hash)), onError: complain },
    );
  };
  return (
    <Button size="sm" icon={Undo2} disabled={plan.isPending} onClick={open} data-testid="put-back">
      Put back as at A
    </Button>
  );
}

const VIEWS: readonly { value: View; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "flattened", label: "Flattened" },
  { value: "meaning", label: "Meaning" },
  { value: "raw", label: "Whole text" },
];

/** Which read is shown. Another one takes its side of the time range along, so that the list beside it speaks of the same time. */
function ReadPick(props: {
  name: "A" | "B";
  read: SnapshotRow | null;
  rows: readonly SnapshotRow[];
  onPick: (read: SnapshotRow) => void;
}) {
  const now = useNowCoarse();
  return (
    <span className="row grow" style={{ gap: 8 }}>
      <b className="ab">{props.name}</b>
      <Select
        label={`Read ${props.name}`}
        value={props.read === null ? "" : String(props.read.id)}
        width={250}
        options={props.rows.slice(0, 200).map((row) => ({
          value: String(row.id),
          label: `${moment(new Date(row.at), now)}, ${row.source}${row.changed ? ", changed" : ""}`,
        }))}
        onChange={(id) => {
          const read = props.rows.find((row) => String(row.id) === id);
          if (read !== undefined) props.onPick(read);
        }}
      />
      <span className="grow" />
      <span className="mono faint">{props.read?.hash}</span>
    </span>
  );
}

function Raw(props: {
  read: SnapshotRow | null;
  rows: readonly SnapshotRow[];
  find: string;
  onPick: (read: SnapshotRow) => void;
}) {
  const text = useQuery(queries.snapshotText(props.read?.id ?? null, "text"));
  const find = props.find.trim();
  const found = useMemo(() => {
    if (find === "" || text.data === undefined) return -1;
    return text.data.text.split("\n").findIndex((line) => line.toLowerCase().includes(find.toLowerCase()));
  }, [find, text.data]);
  if (text.isError) return <RegionError error={asCoreError(text.error)} />;
  if (text.data === undefined) return <Loading noun="the text" rows={12} />;
  return (
    <div className="col grow" data-testid="raw-text">
      <div className="hh">
        <ReadPick name="B" read={props.read} rows={props.rows} onPick={props.onPick} />
        <CopyLines
          lines={text.data.text.replace(/\n$/u, "").split("\n")}
          label={`Copy the text of ${text.data.device}`}
        />
      </div>
      <DeviceText
        text={text.data.text}
        label={`Text of ${text.data.device}`}
        find={find}
        {...(found < 0 ? {} : { goto: found + 1 })}
      />
    </div>
  );
}
