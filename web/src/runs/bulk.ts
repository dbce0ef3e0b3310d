// One act on many runs: a few at a time, counted, stopped on request; what failed is kept with its reason.
import { api, must, onceOnly } from '../api/client';
import { hasCode } from '../api/problem';
import type { Run } from './rows';

export type Act = 'cancel' | 'rerun-same' | 'rerun-current';
export type Failure = { run: Run; why: string };
export type Progress = { total: number; done: number; failed: Failure[]; state: 'working' | 'stopped' | 'ended' };

const AT_ONCE = 4;
const MOST_TRIES = 6;
const WAIT_MS = 1000;

export async function actOn(run: Run, act: Act): Promise<unknown> {
  const params = { path: { run: run.id } };
  if (act === 'cancel') return must(api.POST('/runs/{run}/cancel', { params }));
  const version = act === 'rerun-same' ? 'same' : 'current';
  return must(api.POST('/runs/{run}/rerun', { params: { ...params, header: onceOnly() }, body: { version } }));
}

type Tell = (progress: Progress) => void;

/** Acts on each run; resolves when all are done or, once stopped, when those begun are. */
export async function actOnAll(
  runs: readonly Run[],
  act: (run: Run) => Promise<unknown>,
  stop: AbortSignal,
  tell: Tell,
): Promise<Progress> {
  let progress: Progress = { total: runs.length, done: 0, failed: [], state: 'working' };
  const say = (change: Partial<Progress>) => {
    progress = { ...progress, ...change };
    tell(progress);
  };
  let next = 0;
  const work = async () => {
    while (next < runs.length && !stop.aborted) {
      const run = runs[next++] as Run;
      const why = await tried(run, act, stop);
      if (why === undefined) say({ done: progress.done + 1 });
      else say({ failed: [...progress.failed, { run, why }] });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const all = progress.done + progress.failed.length === runs.length;
  say({ state: all ? 'ended' : 'stopped' });
  return progress;
}

/** Undefined when it went well, else why not. A busy server is asked again. */
async function tried(run: Run, act: (run: Run) => Promise<unknown>, stop: AbortSignal): Promise<string | undefined> {
  for (let times = 1; ; times++) {
    try {
      await act(run);
      return undefined;
    } catch (error) {
      if (!hasCode(error, 'too_many') || times >= MOST_TRIES || stop.aborted)
        return error instanceof Error ? error.message : 'Something went wrong.';
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS * times));
    }
  }
}
