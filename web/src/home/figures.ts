// Figures for Home's plots: hours put together into bars, failure rates, and both in a sentence.
import type { Statistics } from './queries';

export type Hour = Statistics['hours'][number];
export const STATUSES = ['success', 'failed', 'exception', 'canceled', 'open'] as const;
export type Status = (typeof STATUSES)[number];
export const WORDS: Record<Status, string> = {
  success: 'Success',
  failed: 'Failed',
  exception: 'Exception',
  canceled: 'Canceled',
  open: 'Not ended',
};
export type Bar = Record<Status, number> & { at: string };

/** As many hours in one bar, counted from the newest; the oldest bar may hold fewer. */
export function bars(hours: readonly Hour[], together: number): Bar[] {
  const found: Bar[] = [];
  for (let end = hours.length; end > 0; end -= together) {
    const part = hours.slice(Math.max(0, end - together), end);
    const sums = Object.fromEntries(STATUSES.map((status) => [status, sumOf(part, status)])) as Record<Status, number>;
    found.unshift({ at: part[0]?.at ?? '', ...sums });
  }
  return found;
}

export function sumOf(hours: readonly Record<Status, number>[], status: Status): number {
  return hours.reduce((sum, hour) => sum + hour[status], 0);
}

export function totalOf(bar: Record<Status, number>): number {
  return STATUSES.reduce((sum, status) => sum + bar[status], 0);
}

export type Rate = { flow: string; name: string; success: number; failed: number; rate: number };

/** The flows with the most failures, the highest rate first. */
export function worst(flows: Statistics['flows'], most: number): Rate[] {
  return flows
    .filter((each) => each.failed > 0)
    .slice(0, most)
    .map((each) => ({ ...each, rate: each.failed / (each.success + each.failed) }))
    .sort((one, other) => other.rate - one.rate || other.failed - one.failed);
}

const percentage = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** 3.1%, <0.1%, 0% */
export function percent(share: number): string {
  return share > 0 && share < 0.001 ? '<0.1%' : percentage.format(share);
}

export function runsInWords(hours: readonly Hour[]): string {
  const all = hours.reduce((sum, hour) => sum + totalOf(hour), 0);
  if (all === 0) return 'No runs.';
  const told = STATUSES.filter((status) => status !== 'success' && sumOf(hours, status) > 0).map(
    (status) =>
      `${count(sumOf(hours, status))} ${status === 'exception' ? 'with an exception' : WORDS[status].toLowerCase()}`,
  );
  const runs = `${count(all)} ${all === 1 ? 'run' : 'runs'}`;
  return told.length === 0 ? `${runs}, all successful.` : `${runs}: ${told.join(', ')}.`;
}

export function ratesInWords(rates: readonly Rate[]): string {
  const [first] = rates;
  if (!first) return 'No flow failed.';
  const most = `${first.name} fails most often: ${percent(first.rate)} (${count(first.failed)} of ${count(first.success + first.failed)} runs).`;
  return rates.length === 1 ? `One flow failed. ${most}` : `${rates.length} flows with failures shown. ${most}`;
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

/** How many a list holds; the server cuts its lists at fifty. */
export function listed(items: readonly unknown[]): string {
  return items.length >= 50 ? '50+' : String(items.length);
}
