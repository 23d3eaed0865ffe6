import { X } from "lucide-react";
import { IconButton } from "@/components/button";
import { SeverityIcon } from "@/components/marks";
import { SafeText } from "@/components/text";
import { useShell } from "../store";

/** Refusals and notices with no region of their own. Equal ones are one row with a count; they stay until read. */
export function Toasts() {
  const toasts = useShell((shell) => shell.toasts);
  const dismiss = useShell((shell) => shell.dismiss);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.key} className="toast" data-testid="toast" data-code={toast.told.code}>
          <SeverityIcon kind={toast.kind} />
          <div>
            <SafeText text={toast.told.sentence} />
            {toast.told.next !== null && (
              <div className="muted">
                <SafeText text={toast.told.next} />
              </div>
            )}
            {toast.told.words !== null && (
              <div className="mono t11">
                <SafeText text={toast.told.words} />
              </div>
            )}
            {toast.times > 1 && <div className="faint t11">{toast.times} times, shown once</div>}
          </div>
          <IconButton icon={X} label="Dismiss" onClick={() => dismiss(toast.key)} />
        </div>
      ))}
    </div>
  );
}
