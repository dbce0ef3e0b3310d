// The rows of the run list: newest first, put together from parts that were read at different times.
import type { S } from '../api/client';

export type Run = S['RunAnswer'];

/** The known rows with those read last among them; a run that both have is as it was read last. */
export function merged(known: readonly Run[], read: readonly Run[]): Run[] {
  if (read.length === 0) return known as Run[];
  const byId = new Map(read.map((run) => [run.id, run]));
  const kept = known.map((run) => {
    const newer = byId.get(run.id);
    if (newer) byId.delete(run.id);
    return newer && !ended(run) ? newer : run; // what has ended changes no more: its row is not drawn anew
  });
  if (byId.size === 0) return kept;
  const added = [...byId.values()];
  const first = kept[0];
  const last = kept.at(-1);
  // the usual cases need no sorting: all newer than what is known, or all older
  if (!first || !last || added.every((run) => run.id > first.id)) return [...newestFirst(added), ...kept];
  if (added.every((run) => run.id < last.id)) return [...kept, ...newestFirst(added)];
  return newestFirst([...kept, ...added]);
}

const ended = (run: Run) => run.ended_at !== null;

function newestFirst(runs: Run[]): Run[] {
  return runs.sort((one, other) => (one.id < other.id ? 1 : one.id > other.id ? -1 : 0));
}

/** Puts in the known rows what was read of them anew, and adds none. */
export function refreshed(known: readonly Run[], read: readonly Run[]): Run[] {
  const ids = new Set(known.map((run) => run.id));
  return merged(
    known,
    read.filter((run) => ids.has(run.id)),
  );
}

/** Those that are newer than all that is known. */
export function newerThan(known: readonly Run[], read: readonly Run[]): Run[] {
  const first = known[0]?.id ?? '';
  return read.filter((run) => run.id > first);
}

/** Rows that an event told the new status of, until they are read. */
export function withStatus(known: readonly Run[], told: ReadonlyMap<string, string>): Run[] {
  let changed = false;
  const next = known.map((run) => {
    const status = told.get(run.id);
    if (status === undefined || status === run.status || run.ended_at !== null) return run;
    changed = true;
    return { ...run, status: status as Run['status'] };
  });
  return changed ? next : (known as Run[]);
}
