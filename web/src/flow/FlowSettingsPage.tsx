// Being built.
export function FlowSettingsPage() {
  return null;
}
