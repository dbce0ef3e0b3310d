// Items of loops: which ones a path names, and how a path is led to another item.
import { type Iterations, isOpen, type Loop, loopsOf, type Run, type StepRun } from '../editor/records';

/** The path with another item of a loop: `a[0].b[3].c`, b → 5: `a[0].b[5].c`. */
export function withItem(path: string, loop: string, item: number): string {
  return path
    .split('.')
    .map((part) => (part.startsWith(`${loop}[`) ? `${loop}[${item}]` : part))
    .join('.');
}

/** The step a path ends at. */
export function idOfPath(path: string): string {
  const last = path.slice(path.lastIndexOf('.') + 1);
  return last.replace(/\[\d+\]$/, '');
}

/** The items of the loops around the step of a path. */
export function itemsOf(path: string | null): Iterations {
  return path === null ? {} : Object.fromEntries(loopsOf(path));
}

/** The path of a step in the items looked at: of its record, or its bare id where it did not run. */
export function pathIn(at: ReadonlyMap<string, StepRun>, id: string): string {
  return at.get(id)?.path ?? id;
}

/** The next item of a loop that failed after this one, from the beginning again at the end; null when there is none. */
export function nextFailed({ failed }: Loop, item: number): number | null {
  const next = failed.find((each) => each > item) ?? failed[0];
  return next === undefined || next === item ? null : next;
}

/** The line of a record in the time line: how deep it stands, and in which item. */
export function lineOf({ path }: StepRun): { depth: number; item: number | null } {
  const around = loopsOf(path);
  return { depth: around.length, item: around.at(-1)?.[1] ?? null };
}

/** The run with its steps as they stand: what waited or was worked on when the run ended waits no more. */
export function settled(run: Run): Run {
  if (isOpen(run) || run.steps.every((record) => record.ended_at !== null)) return run;
  const steps = run.steps.map((record) =>
    record.status === 'suspended' || record.status === 'running' ? { ...record, status: 'canceled' } : record,
  );
  return { ...run, steps };
}
