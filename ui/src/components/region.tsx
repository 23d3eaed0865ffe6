import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { Running, SeverityIcon } from "./marks";
import { SafeText } from "./text";

/** What a failed request says: a sentence, the device's own words where there are any, the next step as a button. */
export interface Trouble {
  sentence: string;
  next?: string | null;
}

export function RegionError({ error, actions }: { error: Trouble; actions?: ReactNode }) {
  return (
    <div className="region-error" role="alert" data-testid="region-error">
      <SeverityIcon kind="error" />
      <div className="selectable">
        <SafeText text={error.sentence} />
        {actions === undefined && error.next != null && error.next !== "" && (
          <div className="muted">
            <SafeText text={error.next} />
          </div>
        )}
      </div>
      <span className="row">{actions}</span>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Nothing for 150 ms, then rows of fixed height; after 2 s the noun. */
export function Loading({ noun, rows = 6 }: { noun: string; rows?: number }) {
  const [stage, setStage] = useState<0 | 1 | 2>(0);
  useEffect(() => {
    const first = setTimeout(() => setStage(1), 150);
    const second = setTimeout(() => setStage(2), 2000);
    return () => {
      clearTimeout(first);
      clearTimeout(second);
    };
  }, []);
  if (stage === 0) return <div aria-busy="true" />;
  return (
    <div aria-busy="true" role="status" style={{ padding: "4px 16px" }}>
      {stage === 2 && (
        <p className="row t12 muted" style={{ height: 28 }}>
          <Running /> Reading {noun}
        </p>
      )}
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} style={{ height: 28, paddingTop: 10 }}>
          <div className="skeleton" style={{ width: `${30 + ((at * 37) % 50)}%` }} />
        </div>
      ))}
    </div>
  );
}
