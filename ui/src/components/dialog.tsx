import { AlertDialog, Dialog as RadixDialog } from "radix-ui";
import type { ReactNode } from "react";

export function Dialog(props: {
  title: ReactNode;
  description?: ReactNode;
  width?: number;
  onClose: () => void;
  children: ReactNode;
  testId?: string;
}) {
  return (
    <RadixDialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="scrim" />
        <RadixDialog.Content
          className="dialog"
          style={{ width: props.width ?? 560 }}
          data-testid={props.testId}
          {...(props.description === undefined ? { "aria-describedby": undefined } : {})}
        >
          <div className="q">
            <RadixDialog.Title asChild>
              <h2>{props.title}</h2>
            </RadixDialog.Title>
            {props.description !== undefined && (
              <RadixDialog.Description className="t12 muted" style={{ marginTop: 4 }}>
                {props.description}
              </RadixDialog.Description>
            )}
          </div>
          {props.children}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

/** A dialog that Escape and the scrim do not answer by accident: the caller gives the safe way out. */
export function StopDialog(props: {
  title: ReactNode;
  description: ReactNode;
  width?: number;
  onClose: () => void;
  children: ReactNode;
  testId?: string;
}) {
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="scrim" />
        <AlertDialog.Content className="dialog" style={{ width: props.width ?? 640 }} data-testid={props.testId}>
          <div className="q">
            <AlertDialog.Title asChild>
              <h2>{props.title}</h2>
            </AlertDialog.Title>
            <AlertDialog.Description className="t12 muted" style={{ marginTop: 4 }}>
              {props.description}
            </AlertDialog.Description>
          </div>
          {props.children}
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
