export function ChecksTab(_: { check: unknown }) {
  return null;
}
