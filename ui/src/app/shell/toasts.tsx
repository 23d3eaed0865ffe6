import { X } from "lucide-react";
import { IconButton } from "@/components/button";
import { SeverityIcon } from "@/components/marks";
import { SafeText } from "@/components/text";
import { useShell } from "../store";

/** Refusals with no region of their own. Equal ones are one row with a count; they stay until read. */
export function Toasts() {
  const toasts = useShell((shell) => shell.toasts);
  const dismiss = useShell((shell) => shell.dismiss);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.key} className="toast" data-testid="toast" data-code={toast.error.code}>
          <SeverityIcon kind="error" />
          <div>
            <SafeText text={toast.error.sentence} />
            {toast.error.next !== null && (
              <div className="muted">
                <SafeText text={toast.error.next} />
              </div>
            )}
            {toast.error.words !== null && (
              <div className="mono t11">
                <SafeText text={toast.error.words} />
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
