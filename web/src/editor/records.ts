// The records of a run by step: which item of each loop they belong to, and what the canvas says of each step.
import type { S } from '../api/client';
import { rawDigits } from '../api/exact_json';

export type Run = S['RunAnswer'];
export type StepRun = S['StepAnswer'];
export type StepState = { status: string; ms?: number; text?: string };
/** By id of the loop, the item that is looked at. */
export type Iterations = Record<string, number>;
export type Loop = { id: string; items: number[]; failed: number[] };

const OPEN = ['queued', 'running', 'suspended'];

export function isOpen(run: Pick<Run, 'status'> | null): boolean {
  return run !== null && OPEN.includes(run.status);
}

/** `outer[3].inner[0].post` → the items of the loops around the step. */
export function loopsOf(path: string): [string, number][] {
  return [...path.matchAll(/([a-z][a-z0-9_]*)\[(\d+)\]/g)].map((found) => [found[1] as string, Number(found[2])]);
}

/** Loops of the run, outer ones first, with their items within the items chosen of the loops around. */
export function loopsIn(records: readonly StepRun[], chosen: Iterations): Loop[] {
  const loops = new Map<string, { items: Set<number>; failed: Set<number> }>();
  for (const record of records) {
    const around = loopsOf(record.path);
    for (const [at, [id, item]] of around.entries()) {
      if (!around.slice(0, at).every(([outer, of]) => (chosen[outer] ?? of) === of)) break;
      const loop = loops.get(id) ?? { items: new Set(), failed: new Set() };
      loop.items.add(item);
      if (record.status === 'failed' || record.status === 'exception') loop.failed.add(item);
      loops.set(id, loop);
    }
  }
  const sorted = (items: Set<number>) => [...items].sort((a, b) => a - b);
  return [...loops].map(([id, { items, failed }]) => ({ id, items: sorted(items), failed: sorted(failed) }));
}

/** The item looked at in each loop: the one chosen, else the first that failed, else the first. */
export function iterationsOf(records: readonly StepRun[], chosen: Iterations): Iterations {
  const settled: Iterations = {};
  for (let count = -1; count !== Object.keys(settled).length; ) {
    count = Object.keys(settled).length;
    for (const loop of loopsIn(records, settled))
      if (settled[loop.id] === undefined) {
        const own = chosen[loop.id];
        settled[loop.id] = own !== undefined && loop.items.includes(own) ? own : (loop.failed[0] ?? loop.items[0] ?? 0);
        break;
      }
  }
  return settled;
}

/** The last record of each step in the items looked at. */
export function recordsAt(records: readonly StepRun[], at: Iterations): Map<string, StepRun> {
  const found = new Map<string, StepRun>();
  for (const record of records)
    if (loopsOf(record.path).every(([loop, item]) => at[loop] === undefined || at[loop] === item))
      found.set(record.id, record);
  return found;
}

export function statesOf(run: Run | null, at: Iterations): Map<string, StepState> {
  const states = new Map<string, StepState>();
  if (!run) return states;
  for (const [id, record] of recordsAt(run.steps, at)) states.set(id, stateOf(record));
  return states;
}

function stateOf(record: StepRun): StepState {
  const { status, started_at, ended_at, error, output } = record;
  const state: StepState = { status };
  if (started_at && ended_at) state.ms = Math.max(0, Date.parse(ended_at) - Date.parse(started_at));
  const text = error ? error.code : status === 'success' ? brief(output) : undefined;
  if (text) state.text = text;
  return state;
}

/** An output in a few letters, where it has any. */
export function brief(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const digits = rawDigits(value);
  if (digits !== undefined) return digits;
  if (Array.isArray(value)) return `${value.length} ${value.length === 1 ? 'item' : 'items'}`;
  if (typeof value === 'string') return value.length > 24 ? `“${value.slice(0, 23)}…”` : `“${value}”`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const keys = Object.keys(value);
  return keys.length > 0 && keys[0] !== 'rawJSON'
    ? `{${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ', …' : ''}}`
    : undefined;
}
