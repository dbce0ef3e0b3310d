// Being built.
export function ComparePage() {
  return null;
}
