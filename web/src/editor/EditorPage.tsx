// Being built.
export function EditorPage() {
  return null;
}
