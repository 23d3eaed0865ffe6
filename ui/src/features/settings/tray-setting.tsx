import { queries, useQuery, useSetSetting } from "@/api";
import { useShell } from "@/app/store";
import { Switch } from "@/components/choice";
import { Row } from "./row";

const TITLE = "Keep running in the tray when the window is closed";

/** What closing the window means. Where the desktop shows no tray the reason stands here, and what is on can be put off. */
export function TraySetting({ on }: { on: boolean }) {
  const tray = useQuery(queries.tray()).data;
  const set = useSetSetting();
  const complain = useShell((shell) => shell.complain);
  const available = tray?.available === true;
  return (
    <Row
      title={TITLE}
      text={
        tray?.reason ??
        "Schedules and deployments go on. The icon tells of drift and brings the window back; Quit in its menu ends Bridgekeeper."
      }
      testId="tray-setting"
    >
      {!available && (
        <span className="st c-warning" data-testid="tray-unavailable">
          not available
        </span>
      )}
      <Switch
        label={TITLE}
        checked={on}
        disabled={!available && !on}
        onChange={(next) => set.mutate({ setting: "keepInTray", value: next ? "on" : "off" }, { onError: complain })}
      />
    </Row>
  );
}
