// Being built.
export function ConnectorsPage() {
  return null;
}
