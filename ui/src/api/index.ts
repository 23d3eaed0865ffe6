/** The only door to the core: types, requests, events. Nothing else in the window knows how the core is reached. */
export type * from "./bindings";
export * from "./calls";
export * from "./queries";
export { useCoreEvents, useTranscript, TRANSCRIPT_LIMIT } from "./events";
