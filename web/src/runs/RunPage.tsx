// Being built.
export function RunPage() {
  return null;
}
