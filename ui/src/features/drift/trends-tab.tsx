export function TrendsTab() {
  return null;
}
