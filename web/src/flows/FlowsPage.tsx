// Being built.
export function FlowsPage() {
  return null;
}
