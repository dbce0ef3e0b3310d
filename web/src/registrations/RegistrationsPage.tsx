// Being built.
export function RegistrationsPage() {
  return null;
}
