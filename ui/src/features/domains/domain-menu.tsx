import { Copy, GitCommitVertical, Network, PencilLine, RefreshCw, SquareTerminal } from "lucide-react";
import type { ReactNode } from "react";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { useShell } from "@/app/store";
import { ContextMenu, type MenuItems } from "@/components/menu";

/** What can be done with a bridge domain, in one order everywhere. */
export function domainMenu(domain: string, onEdit: (domain: string) => void): MenuItems {
  return [
    {
      label: "Show lines",
      icon: SquareTerminal,
      keys: "C",
      onSelect: () => navigate(to.domains(domain, "configuration")),
    },
    { label: "Show on map", icon: Network, keys: "O", onSelect: () => navigate(to.fabric(domain)) },
    { label: "History", icon: GitCommitVertical, keys: "H", onSelect: () => navigate(to.domains(domain, "history")) },
    { label: "Copy name", icon: Copy, onSelect: () => void navigator.clipboard.writeText(domain) },
    {
      label: "Discover and sync",
      icon: RefreshCw,
      onSelect: () => useShell.getState().sync({ what: "domain", domain }),
    },
    null,
    { label: "Edit", icon: PencilLine, keys: "E", onSelect: () => onEdit(domain) },
  ];
}

export function ContextMenuArea(props: {
  domain: string | null;
  onEdit: (domain: string) => void;
  children: ReactNode;
}) {
  if (props.domain === null) return props.children;
  return (
    <ContextMenu items={domainMenu(props.domain, props.onEdit)}>
      <div className="col grow">{props.children}</div>
    </ContextMenu>
  );
}
