// Times as people read them, in the browser's zone, with the exact UTC time on hover; and how long something took.
import { useEffect, useState } from 'react';

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [3600, 'minute'],
  [86_400, 'hour'],
  [30 * 86_400, 'day'],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

let now = Date.now();
const watchers = new Set<() => void>();
let ticking: number | undefined;

/** One clock for all times on the page. */
function useMinute(): number {
  const [seen, see] = useState(() => Date.now());
  useEffect(() => {
    const look = () => see(now);
    watchers.add(look);
    ticking ??= window.setInterval(() => {
      now = Date.now();
      for (const each of watchers) each();
    }, 20_000);
    return () => {
      watchers.delete(look);
      if (watchers.size === 0) {
        window.clearInterval(ticking);
        ticking = undefined;
      }
    };
  }, []);
  return seen;
}

export function ago(at: string, seen = Date.now()): string {
  const seconds = (new Date(at).getTime() - Math.max(seen, now)) / 1000;
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  let unit = 1;
  for (const [limit, name] of STEPS) {
    if (size < limit) return relative.format(Math.round(seconds / unit), name);
    unit = limit;
  }
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(new Date(at));
}

export function TimeAgo({ at }: { at: string | null | undefined }) {
  const seen = useMinute();
  if (!at) return <span className="quiet">never</span>;
  return (
    <time dateTime={at} title={`${absolute.format(new Date(at))} (${at})`}>
      {ago(at, seen)}
    </time>
  );
}

export function ExactTime({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {absolute.format(new Date(at))}
    </time>
  );
}

/** 12 ms, 3.4 s, 2 min 5 s, 3 h 12 min */
export function lasted(from: string, to: string): string {
  return duration(new Date(to).getTime() - new Date(from).getTime());
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}
