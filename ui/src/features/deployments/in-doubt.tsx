import { Timer } from "lucide-react";
import { queries, useQuery } from "@/api";
import { useNow } from "@/app/clock";
import { to } from "@/app/places";
import { navigate } from "@/app/router";
import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { DeviceState } from "@/components/marks";
import { SafeText, Unbroken } from "@/components/text";
import { clockSeconds, countdown } from "@/lib/format";
import { useTaking } from "./taking";

/** A deployment that needs a person, pinned: its countdown, what is certain, what is not, what happens by itself. */
export function InDoubt({ deployment }: { deployment: number }) {
  const detail = useQuery(queries.deployment(deployment)).data;
  const { take, busy } = useTaking(deployment, detail?.row.domain);
  const now = useNow();
  if (detail === undefined) return null;
  const { card, clock } = detail;
  // The card says of every device what is certain; only without it the last known states stand for themselves.
  const told = card !== null && card.certain.length + card.notKnown.length > 0;
  const devices = told ? [] : detail.devices;
  const certain = devices.filter((device) => device.state !== "unknown-since");
  const unknown = devices.filter((device) => device.state === "unknown-since");
  const left = clock === null ? null : new Date(clock.until).getTime() - now.getTime();
  return (
    <section
      className="doubt"
      aria-label={`Deployment ${deployment} is in doubt`}
      data-testid={`in-doubt-${deployment}`}
    >
      <div className="top">
        <span className="big c-doubt" role="timer">
          {left === null ? "--:--" : countdown(left)}
        </span>
        <div>
          <h2 className="row t16 strong">
            <span className="c-doubt">
              <Icon of={Timer} size={18} />
            </span>
            <span>
              <Unbroken text={card?.sentence ?? `Deployment ${deployment} is in doubt. ${detail.row.sentence}`} />
            </span>
          </h2>
          <p className="muted t12">
            <span className="mono">{detail.row.domain}</span>:{" "}
            {detail.decided === null
              ? "no decision is recorded, so recovery only cancels."
              : `decision recorded ${clockSeconds(new Date(detail.decided))}, so this deployment is only completed, never cancelled.`}
          </p>
        </div>
        <div className="row">
          {card?.choices.map((choice) => (
            <Button
              key={choice.choice}
              look={choice.choice === "abort" ? "stop" : "plain"}
              disabled={choice.refused !== null || busy}
              title={choice.refused ?? choice.consequence}
              onClick={() => take(choice.choice)}
              data-testid={`choice-${choice.choice}`}
            >
              {choice.label}
            </Button>
          ))}
          <Button look="ghost" onClick={() => navigate(to.run(deployment))}>
            Open execution
          </Button>
        </div>
      </div>
      <div className="facts">
        <div>
          <h3>Certain</h3>
          {certain.map((device) => (
            <DeviceLine key={device.device} {...device} />
          ))}
          {card?.certain.map((fact) => (
            <Fact key={fact} text={fact} />
          ))}
          {certain.length + (card?.certain.length ?? 0) === 0 && <p className="t12 muted">nothing</p>}
        </div>
        <div>
          <h3>Not known</h3>
          {unknown.map((device) => (
            <DeviceLine key={device.device} {...device} />
          ))}
          {card?.notKnown.map((fact) => (
            <Fact key={fact} text={fact} />
          ))}
          {unknown.length + (card?.notKnown.length ?? 0) === 0 && <p className="t12 muted">nothing</p>}
        </div>
        <div>
          <h3>If you do nothing</h3>
          <Fact text={card?.ifNothing ?? "The devices keep what they hold; nothing is sent by itself."} />
        </div>
      </div>
    </section>
  );
}

function Fact({ text }: { text: string }) {
  return (
    <p className="t12 selectable">
      <SafeText text={text} />
    </p>
  );
}

function DeviceLine({ device, state, stateAt }: { device: string; state: string; stateAt: string | null }) {
  return (
    <div className="row t12" style={{ height: 20 }}>
      <b className="med" style={{ minWidth: 82 }}>
        {device}
      </b>
      <DeviceState state={state} time={stateAt === null ? null : clockSeconds(new Date(stateAt))} large />
    </div>
  );
}
