// The settings of a connection of the connector `http`: what the form holds, and what is sent of it.

export type Settings = {
  base_url: string;
  auth?: { kind: AuthKind; [key: string]: unknown };
  allowed_hosts?: string[];
};
export type AuthKind = 'none' | 'basic' | 'bearer' | 'header' | 'oauth2';

type Field = { key: string; label: string; secret?: boolean; optional?: boolean; hint?: string };

export const AUTH_KINDS: { value: AuthKind; label: string }[] = [
  { value: 'none', label: 'No sign-in' },
  { value: 'basic', label: 'User name and password' },
  { value: 'bearer', label: 'Bearer token' },
  { value: 'header', label: 'Secret in a header' },
  { value: 'oauth2', label: 'OAuth 2 client credentials' },
];

export const AUTH_FIELDS: Record<AuthKind, Field[]> = {
  none: [],
  basic: [
    { key: 'username', label: 'User name' },
    { key: 'password', label: 'Password', secret: true },
  ],
  bearer: [{ key: 'token', label: 'Token', secret: true }],
  header: [
    { key: 'name', label: 'Header', hint: 'For example X-Api-Key' },
    { key: 'value', label: 'Value', secret: true },
  ],
  oauth2: [
    { key: 'token_url', label: 'Token URL', hint: 'Where tokens are fetched' },
    { key: 'client_id', label: 'Client id' },
    { key: 'client_secret', label: 'Client secret', secret: true },
    { key: 'scope', label: 'Scope', optional: true, hint: 'Separated by spaces' },
  ],
};

/** Stands for a secret that is kept and cannot be read. */
export const KEPT = 'set';

export function authWord(kind: string | undefined): string {
  return AUTH_KINDS.find((each) => each.value === kind)?.label ?? 'No sign-in';
}

/** Hosts as typed, one a line or with commas between. */
export function hostsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** What is sent: of the sign-in only the fields of its kind, without those that are optional and empty. */
export function settingsOf(form: { base_url: string; kind: AuthKind; auth: Record<string, unknown>; hosts: string }) {
  const auth: Record<string, unknown> = { ...form.auth, kind: form.kind };
  const known = new Set(Object.values(AUTH_FIELDS).flatMap((fields) => fields.map((field) => field.key)));
  const own = AUTH_FIELDS[form.kind];
  for (const key of Object.keys(auth)) {
    const field = own.find((each) => each.key === key);
    if ((known.has(key) && !field) || (field?.optional && auth[key] === '')) delete auth[key];
  }
  return { base_url: form.base_url.trim(), auth, allowed_hosts: hostsOf(form.hosts) };
}
