import { CalendarClock } from "lucide-react";
import { useState } from "react";
import type { InsightDevice } from "@/api";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button, LinkButton } from "@/components/button";
import { SafeText } from "@/components/text";
import { plural } from "@/lib/format";
import { HealthBar } from "./health-bar";

const SHOWN = 30;

/** Each device with what takes from its health, what is to be expected of it, and how often it should be checked. */
export function TrendDevices({ devices }: { devices: readonly InsightDevice[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? devices : devices.slice(0, SHOWN);
  return (
    <>
      <div className="dp-head">
        <h2>Devices</h2>
        <span className="muted t12">the likeliest to drift first</span>
      </div>
      <table className="tb wrap dt-devices" data-testid="trend-devices">
        <thead>
          <tr>
            <th style={{ width: 124 }}>Device</th>
            <th style={{ width: 106 }}>Health</th>
            <th style={{ width: "17%" }}>What takes from it</th>
            <th>Forecast</th>
            <th style={{ width: "24%" }}>Suggested check</th>
            <th style={{ width: 136 }} aria-label="Actions" />
          </tr>
        </thead>
        <tbody>
          {shown.map((device) => (
            <Device key={device.device} device={device} />
          ))}
        </tbody>
      </table>
      {shown.length < devices.length && (
        <p className="dp-empty" style={{ paddingTop: 8 }}>
          <LinkButton onClick={() => setAll(true)}>
            Show {plural(devices.length - shown.length, "more device")}
          </LinkButton>
        </p>
      )}
    </>
  );
}

function Device({ device }: { device: InsightDevice }) {
  const minutes = device.intervalMinutes;
  return (
    <tr data-testid={`trend-${device.device}`}>
      <td>
        <LinkButton onClick={() => navigate(to.devices(device.device))}>{device.device}</LinkButton>
      </td>
      <td>
        <span className="row" style={{ gap: 8 }}>
          <span className="num" style={{ width: 24 }}>
            {device.health}
          </span>
          <HealthBar health={device.health} label={`${device.health} of 100`} />
        </span>
      </td>
      <td>
        {device.reasons.length === 0 && device.leftOpen === 0 && <span className="faint">nothing</span>}
        {device.reasons.map((one) => (
          <span key={one.reason} className="line">
            <span className="c-drift nowrap">
              {"\u2212"}
              {one.points}
            </span>{" "}
            <SafeText text={one.reason} />
          </span>
        ))}
        {device.leftOpen > 0 && (
          <span className="line faint" data-testid="left-open">
            {plural(device.leftOpen, "event")} left open: nothing
          </span>
        )}
      </td>
      {device.chancePercent === null && minutes === null ? (
        <td colSpan={3} className="faint">
          <SafeText text={`${device.forecast} ${device.watched}`} />
        </td>
      ) : (
        <>
          <td>
            <span className="line">
              <SafeText text={device.forecast} />
            </span>
            <span className="line muted">
              <SafeText text={[...device.forecastReasons, device.watched].join(" ")} />
            </span>
          </td>
          <td className={minutes === null ? "faint" : ""}>
            <SafeText text={device.interval} />
          </td>
          <td className="num">
            {minutes !== null && (
              <Button
                size="sm"
                icon={CalendarClock}
                aria-label={`Schedule the check of ${device.device}`}
                onClick={() => navigate(to.driftChecks({ device: device.device, minutes }))}
                data-testid={`schedule-it-${device.device}`}
              >
                Schedule it
              </Button>
            )}
          </td>
        </>
      )}
    </tr>
  );
}
