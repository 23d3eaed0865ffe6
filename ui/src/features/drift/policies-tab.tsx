export function PoliciesTab() {
  return null;
}
