// Being built.
export function WorkspacePage() {
  return null;
}
