// What the run list is filtered by, as the address says it, and as the API is asked.
import type { S } from '../api/client';

export type RunFilters = {
  flow?: string;
  workspace?: string;
  slot?: string;
  version?: string;
  /** Several with commas between. */
  status?: string;
  /** A period that ends now (`1h`, `24h`, `7d`), or a time. */
  from?: string;
  to?: string;
  text?: string;
};
export type RunStatus = S['RunAnswer']['status'];

export const STATUSES = ['queued', 'running', 'suspended', 'success', 'failed', 'exception', 'canceled'] as const;
export const OPEN = ['queued', 'running', 'suspended'] as const;
export const WRONG = ['failed', 'exception'] as const;

const PERIODS: Record<string, number> = { '1h': 1, '24h': 24, '7d': 7 * 24 };
const HOUR_MS = 3_600_000;

export function isPeriod(from: string | undefined): boolean {
  return from !== undefined && Object.hasOwn(PERIODS, from);
}

/** The statuses of an address that there are; what else stands there counts as not given. */
export function statusesIn(text: string | undefined): (typeof STATUSES)[number][] {
  const given = new Set(text?.split(','));
  return STATUSES.filter((status) => given.has(status));
}

export function statusText(statuses: readonly string[]): string | undefined {
  const known = STATUSES.filter((status) => statuses.includes(status));
  return known.length === 0 || known.length === STATUSES.length ? undefined : known.join(',');
}

function timeOf(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const hours = PERIODS[text];
  if (hours !== undefined) return new Date(now - hours * HOUR_MS).toISOString();
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** The query of the API. What it would refuse is left out, so that an old link still shows a list. */
export function asked(filters: RunFilters, now: number) {
  const { flow, workspace, text } = filters;
  const version = Number(filters.version);
  const status = statusesIn(filters.status).join(',');
  return {
    flow,
    workspace,
    text: text?.slice(0, 200),
    status: status === '' ? undefined : status,
    slot: filters.slot === 'main' || filters.slot === 'staging' ? filters.slot : undefined,
    version: Number.isInteger(version) && version > 0 ? version : undefined,
    from: timeOf(filters.from, now),
    to: timeOf(filters.to, now),
  } as const;
}

/** Whether a run still has the status that is asked for. */
export function fits(filters: RunFilters, status: string): boolean {
  const wanted = statusesIn(filters.status);
  return wanted.length === 0 || wanted.some((each) => each === status);
}

export function isFiltered({ flow: _, ...filters }: RunFilters, also: string | undefined): boolean {
  return also !== undefined || Object.values(filters).some((value) => value !== undefined);
}
