// Texts that have parts: how long something takes, and which statuses are meant.

export const UNITS = { ms: 'milliseconds', s: 'seconds', m: 'minutes', h: 'hours', d: 'days' } as const;
export type Unit = keyof typeof UNITS;

/** `30s` → 30 and `s`; null for a text that is no duration. */
export function durationOf(text: unknown): { count: string; unit: Unit } | null {
  const parts = typeof text === 'string' ? /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) : null;
  return parts ? { count: parts[1] as string, unit: parts[2] as Unit } : null;
}

/** `404, 5xx, network` → what the definition writes for it: one status, or a list; undefined for nothing. */
export function statusesOf(text: string): unknown {
  const found = text
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map((word) => (/^\d+$/.test(word) ? Number(word) : word.toLowerCase().replace('–', '-')));
  return found.length > 1 ? found : found[0];
}

export function statusesText(value: unknown): string | null {
  const items = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return items.every((item) => typeof item === 'string' || typeof item === 'number') ? items.join(', ') : null;
}
