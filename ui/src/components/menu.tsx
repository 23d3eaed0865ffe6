import type { LucideIcon } from "lucide-react";
import { ContextMenu as RadixContext, DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { Icon } from "./icon";

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  keys?: string;
  disabled?: boolean;
  onSelect: () => void;
}
/** `null` is a line between groups. */
export type MenuItems = readonly (MenuItem | null)[];

export function Menu({ items, children }: { items: MenuItems; children: ReactNode }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="popover" align="end" sideOffset={4}>
          {items.map((item, at) =>
            item === null ? (
              <hr key={`line-${at}`} />
            ) : (
              <DropdownMenu.Item
                key={item.label}
                className="mi"
                disabled={item.disabled === true}
                onSelect={() => item.onSelect()}
              >
                <ItemBody item={item} />
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** The same items on the right mouse button; no action exists only there. */
export function ContextMenu({ items, children }: { items: MenuItems; children: ReactNode }) {
  return (
    <RadixContext.Root>
      <RadixContext.Trigger asChild>{children}</RadixContext.Trigger>
      <RadixContext.Portal>
        <RadixContext.Content className="popover">
          {items.map((item, at) =>
            item === null ? (
              <hr key={`line-${at}`} />
            ) : (
              <RadixContext.Item
                key={item.label}
                className="mi"
                disabled={item.disabled === true}
                onSelect={() => item.onSelect()}
              >
                <ItemBody item={item} />
              </RadixContext.Item>
            ),
          )}
        </RadixContext.Content>
      </RadixContext.Portal>
    </RadixContext.Root>
  );
}

function ItemBody({ item }: { item: MenuItem }) {
  return (
    <>
      {item.icon && <Icon of={item.icon} />}
      {item.label}
      {item.keys !== undefined && (
        <span className="e">
          <kbd>{item.keys}</kbd>
        </span>
      )}
    </>
  );
}
