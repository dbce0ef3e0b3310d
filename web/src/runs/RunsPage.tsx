// Being built.
export function RunsPage() {
  return null;
}
