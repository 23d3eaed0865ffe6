import { Search } from "lucide-react";
import { useState } from "react";
import { Checkbox } from "@/components/choice";
import { TextInput } from "@/components/field";

/** Names that are drawn at once; more are found by typing. */
const DRAWN = 60;

/** Some of many names, with a field to find them. */
export function PickList(props: {
  noun: string;
  names: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  const [find, setFind] = useState("");
  const low = find.trim().toLowerCase();
  const found = props.names.filter((name) => name.toLowerCase().includes(low));
  // What was chosen and is not there any more can still be taken out.
  const gone = props.chosen.filter((name) => !props.names.includes(name));
  const shown = [...gone, ...found.slice(0, DRAWN)];
  const toggle = (name: string) =>
    props.onChange(
      props.chosen.includes(name) ? props.chosen.filter((one) => one !== name) : [...props.chosen, name].sort(),
    );
  return (
    <div className="dc-pick">
      <TextInput
        icon={Search}
        quiet
        width="100%"
        aria-label={`Find ${props.noun}`}
        placeholder={`Find ${props.noun}`}
        value={find}
        onChange={(event) => setFind(event.target.value)}
        end={`${props.chosen.length} of ${props.names.length}`}
      />
      <div className="list">
        {shown.map((name) => (
          <label key={name}>
            <Checkbox label={name} checked={props.chosen.includes(name)} onChange={() => toggle(name)} />
            <span className="ell">{name}</span>
            {gone.includes(name) && <span className="faint">not in the inventory</span>}
          </label>
        ))}
        {shown.length === 0 && (
          <p className="faint">{props.names.length === 0 ? `There are no ${props.noun}.` : "None matches."}</p>
        )}
        {found.length > DRAWN && <p className="faint">{found.length - DRAWN} more; type to find them.</p>}
      </div>
    </div>
  );
}
