import { TextInput } from "@/components/field";

/** The longest reason, in characters. */
const MAX_WHY = 500;

/** What can be done about events, each with a person's reason, which may be none. */
export interface DriftActs {
  onSync: (why: string | null) => void;
  onOverride: (why: string | null) => void;
  onLeave: (why: string | null) => void;
}

/** One line that is kept with the decision. */
export function ReasonField(props: { value: string; onChange: (value: string) => void; testId?: string }) {
  return (
    <TextInput
      width="100%"
      maxLength={MAX_WHY}
      aria-label="Reason, kept with the decision"
      placeholder="Reason (optional), kept with the decision"
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      data-testid={props.testId}
    />
  );
}
