// Being built.
export function WorkspacesPage() {
  return null;
}
