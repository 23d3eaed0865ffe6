import { RefreshCw } from "lucide-react";
import { useShell } from "@/app/store";
import { IconButton } from "@/components/button";

/** Reads one interface again and takes it as the device holds it. */
export function SyncInterface({ device, name }: { device: string; name: string }) {
  return (
    <IconButton
      icon={RefreshCw}
      className="sy-one"
      label={`Discover and sync ${name} of ${device}`}
      onClick={() => useShell.getState().sync({ what: "interfaces", pattern: name, device })}
    />
  );
}
