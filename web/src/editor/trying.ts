// A test run of the unsaved draft, followed while it runs: what the canvas, the step panel and the Try panel show of it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { api, must, onceOnly } from '../api/client';
import { runQuery } from '../api/queries';
import type { Definition } from './document';
import {
  type Iterations,
  isOpen,
  iterationsOf,
  type Loop,
  loopsIn,
  type Run,
  recordsAt,
  type StepRun,
  type StepState,
  statesOf,
} from './records';

export type { Run, StepRun, StepState } from './records';

export type Trying = {
  run: Run | null;
  /** Whether a run was asked for or has not ended. */
  busy: boolean;
  error: unknown;
  /** By id of the step, in the items of loops that are looked at. */
  states: Map<string, StepState>;
  start: (definition: Definition, input: unknown) => Promise<void>;
  stop: () => Promise<void>;
  clear: () => void;
  loops: Loop[];
  /** Which item of each loop is looked at. */
  iterations: Iterations;
  look: (loop: string, item: number) => void;
  /** The record of a step in the items looked at. */
  stepRun: (id: string) => StepRun | null;
  /** The definition that was tried. */
  tried: Definition | null;
};

const POLL_MS = 500;

/** Live events put the run's query out of date (live.ts); polling goes on where they do not reach. */
export function useTry(flow: string, workspace: string): Trying {
  const client = useQueryClient();
  const [started, setStarted] = useState<{ id: string; of: string; definition: Definition } | null>(null);
  const [starting, setStarting] = useState(false);
  const [refusal, refuse] = useState<unknown>(null);
  const [chosen, choose] = useState<Iterations>({});
  const of = `${flow} ${workspace}`;
  const id = started?.of === of ? started.id : null;
  const { data, error } = useQuery({
    ...runQuery(id ?? ''),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && !isOpen(state.data) ? false : POLL_MS),
  });
  const run = id === null ? null : (data ?? null);

  const start = useCallback(
    async (definition: Definition, input: unknown) => {
      setStarting(true);
      refuse(null);
      try {
        const call = { params: { path: { flow }, header: onceOnly() }, body: { workspace, definition, input } };
        const accepted = await must(api.POST('/flows/{flow}/trials', call));
        client.setQueryData(runQuery(accepted.id).queryKey, accepted);
        choose({});
        setStarted({ id: accepted.id, of, definition });
      } catch (error) {
        refuse(error);
      } finally {
        setStarting(false);
      }
    },
    [client, flow, workspace, of],
  );
  const stop = useCallback(async () => {
    if (id === null) return;
    await must(api.POST('/runs/{run}/cancel', { params: { path: { run: id } } })).catch(refuse);
    await client.invalidateQueries({ queryKey: ['run', id] });
  }, [client, id]);
  const clear = useCallback(() => {
    setStarted(null);
    refuse(null);
  }, []);
  const look = useCallback((loop: string, item: number) => choose((before) => ({ ...before, [loop]: item })), []);

  return useMemo(() => {
    const records = run?.steps ?? [];
    const iterations = iterationsOf(records, chosen);
    const at = recordsAt(records, iterations);
    return {
      run,
      busy: starting || (id !== null && (run === null || isOpen(run))),
      error: refusal ?? error,
      states: statesOf(run, iterations),
      start,
      stop,
      clear,
      loops: loopsIn(records, iterations),
      iterations,
      look,
      stepRun: (step) => at.get(step) ?? null,
      tried: run && started ? started.definition : null,
    };
  }, [run, chosen, starting, id, refusal, error, start, stop, clear, look, started]);
}
