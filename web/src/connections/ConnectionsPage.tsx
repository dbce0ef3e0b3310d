// Being built.
export function ConnectionsPage() {
  return null;
}
