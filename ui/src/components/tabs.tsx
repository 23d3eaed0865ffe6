import { Tabs as RadixTabs } from "radix-ui";
import type { ReactNode } from "react";

export interface Tab<T extends string> {
  id: T;
  label: string;
  count?: number | undefined;
}

/** The row of tabs; the panel below is rendered by the caller inside the same root. */
export function Tabs<T extends string>(props: {
  label: string;
  value: T;
  tabs: readonly Tab<T>[];
  onChange: (value: T) => void;
  end?: ReactNode;
  children: ReactNode;
}) {
  return (
    <RadixTabs.Root
      value={props.value}
      onValueChange={(value) => props.onChange(value as T)}
      className="col grow"
      style={{ minHeight: 0 }}
    >
      <div className="tabs-bar">
        <RadixTabs.List className="tabs" aria-label={props.label}>
          {props.tabs.map((tab) => (
            <RadixTabs.Trigger key={tab.id} value={tab.id}>
              {tab.label}
              {tab.count !== undefined && <span className="n">{tab.count}</span>}
            </RadixTabs.Trigger>
          ))}
        </RadixTabs.List>
        {props.end !== undefined && <span className="row">{props.end}</span>}
      </div>
      <RadixTabs.Content value={props.value} className="col grow" style={{ minHeight: 0 }} tabIndex={-1}>
        {props.children}
      </RadixTabs.Content>
    </RadixTabs.Root>
  );
}
