// Being built.
export function FlowLayout() {
  return null;
}
