import type { ErrorView } from "./bindings";

/** A refusal of the core, as an exception so that queries and actions carry it. Branch on `code` only. */
export class CoreError extends Error {
  readonly code: string;
  readonly sentence: string;
  readonly next: string | null;
  readonly device: string | null;
  readonly object: string | null;
  readonly words: string | null;

  constructor(view: ErrorView) {
    super(view.sentence);
    this.name = "CoreError";
    this.code = view.code;
    this.sentence = view.sentence;
    this.next = view.next;
    this.device = view.device;
    this.object = view.object;
    this.words = view.words;
  }
}

/** Anything thrown, as something that can be shown. */
export function asCoreError(thrown: unknown): CoreError {
  if (thrown instanceof CoreError) return thrown;
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new CoreError({
    code: "window-error",
    sentence: "The window and the core did not understand each other. Nothing was sent to a device by this request.",
    next: null,
    device: null,
    object: null,
    words,
  });
}

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: ErrorView };

/** Opens an answer: its data, or a thrown `CoreError`. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const outcome = await answer;
  if (outcome.status === "error") throw new CoreError(outcome.error);
  return outcome.data;
}
