// Being built.
export function FlowRunsPage() {
  return null;
}
