import { Check, FileInput, Minus, PencilLine, Users, X, type LucideIcon } from "lucide-react";
import { useState } from "react";
import {
  type CoreError,
  type ImportReport,
  type ImportRequest,
  type ImportVerdict,
  asCoreError,
  calls,
  queries,
  useImportDevices,
  useQuery,
} from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button } from "@/components/button";
import { Select } from "@/components/choice";
import { Dialog } from "@/components/dialog";
import { Icon } from "@/components/icon";
import { RegionError } from "@/components/region";
import { SafeText } from "@/components/text";
import { plural } from "@/lib/format";

const OWN = "as in the text";
const EXAMPLE = "name,address,port\nLEAF-A01,192.0.2.11,22\nLEAF-A02,192.0.2.12,22\n";

/** A list of devices as CSV, YAML or lines: what would be added, what is wrong and in which line, then the import. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const credentials = useQuery(queries.credentials()).data ?? [];
  const [request, setRequest] = useState<ImportRequest>({ text: "", source: null, credentials: null });
  const [report, setReport] = useState<{ of: ImportRequest; report: ImportReport } | null>(null);
  const [error, setError] = useState<CoreError | null>(null);
  const apply = useImportDevices();
  const fail = (thrown: unknown) => setError(asCoreError(thrown));
  const current = report !== null && report.of === request ? report.report : null;
  const change = (next: ImportRequest) => {
    setRequest(next);
    setError(null);
  };
  const preview = (of: ImportRequest) => {
    calls.previewImport(of).then((made) => setReport({ of, report: made }), fail);
  };
  const pick = () => {
    calls.pickImportFile().then((picked) => {
      if (picked === null) return;
      const next = { ...picked, credentials: request.credentials };
      change(next);
      preview(next);
    }, fail);
  };
  const count = (current?.added ?? 0) + (current?.changed ?? 0);
  const run = () =>
    apply.mutate(request, {
      onSuccess: (made) =>
        made.refused === 0 ? navigate(to.devices(), { replace: true }) : setReport({ of: request, report: made }),
      onError: fail,
    });
  return (
    <Dialog
      title="Import devices"
      description="CSV, YAML or pasted lines. Nothing is added before you have seen what would be."
      width={760}
      onClose={onClose}
      testId="import-dialog"
    >
      <div className="b col" style={{ gap: 8 }}>
        <div className="row">
          <Button icon={FileInput} onClick={pick} data-testid="pick-file">
            Choose a file...
          </Button>
          <span className="muted t12 ell">{request.source ?? "or paste below"}</span>
          <span className="grow" />
          <span className="muted t12">Credentials</span>
          <Select
            label="Credentials for rows without their own"
            value={request.credentials ?? OWN}
            width={168}
            options={[OWN, ...credentials.map((one) => one.name)].map((value) => ({ value, label: value }))}
            onChange={(value) => change({ ...request, credentials: value === OWN ? null : value })}
          />
        </div>
        <textarea
          className="area"
          rows={8}
          aria-label="Devices as text"
          placeholder={EXAMPLE}
          value={request.text}
          onChange={(event) => change({ ...request, text: event.target.value, source: null })}
          data-testid="import-text"
        />
      </div>
      {error !== null && <RegionError error={error} />}
      {current && <Report report={current} />}
      <div className="b row">
        <span className="muted t12 grow">
          {current === null
            ? "A dry run shows each row with its line."
            : `${current.added} to add, ${current.changed} to change, ${current.refused} refused`}
        </span>
        <Button onClick={onClose}>Cancel</Button>
        <Button disabled={request.text.trim() === ""} onClick={() => preview(request)} data-testid="import-preview">
          Dry run
        </Button>
        <Button
          look="ink"
          disabled={current === null || count === 0 || apply.isPending}
          onClick={run}
          data-testid="import-apply"
        >
          {current === null || count === 0 ? "Import" : `Import ${plural(count, "device")}`}
        </Button>
      </div>
    </Dialog>
  );
}

const LOOK: Record<ImportVerdict, [LucideIcon, string, string]> = {
  added: [Check, "c-added", "add"],
  changed: [PencilLine, "c-changed", "change"],
  unchanged: [Minus, "faint", "unchanged"],
  alias: [Users, "muted", "another name"],
  refused: [X, "c-danger", "refused"],
};

function Report({ report }: { report: ImportReport }) {
  return (
    <div className="edge-t" style={{ maxHeight: 260, overflow: "auto" }} data-testid="import-report">
      <table className="tb" aria-label="What would be imported">
        <colgroup>
          <col style={{ width: 64 }} />
          <col style={{ width: 124 }} />
          <col style={{ width: 150 }} />
          <col style={{ width: 160 }} />
          <col />
        </colgroup>
        <thead>
          <tr>
            <th className="num">Line</th>
            <th>Verdict</th>
            <th>Name</th>
            <th>Address</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => {
            const [icon, colour, word] = LOOK[row.verdict];
            return (
              <tr key={row.line} data-verdict={row.verdict}>
                <td className="num faint">{row.line}</td>
                <td className={colour}>
                  <Icon of={icon} size={12} /> {word}
                </td>
                <td className="mono">
                  <SafeText text={row.name} />
                </td>
                <td className="mono">
                  <SafeText text={row.address} />
                </td>
                <td className="muted" title={row.detail ?? undefined}>
                  <SafeText text={row.detail ?? ""} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
