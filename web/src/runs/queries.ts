// What the page of a run reads, and what can be done with a run.
import { queryOptions } from '@tanstack/react-query';
import { api, must, onceOnly } from '../api/client';

/** What the run executes: it never changes (R14). */
export const runDefinitionQuery = (run: string) =>
  queryOptions({
    queryKey: ['run-definition', run],
    queryFn: () => must(api.GET('/runs/{run}/definition', { params: { path: { run } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const cancelRun = (run: string) => must(api.POST('/runs/{run}/cancel', { params: { path: { run } } }));

export type RerunAsk = { version: 'same' | 'current'; from_step: string | null };

export const rerun = (run: string, body: RerunAsk) =>
  must(api.POST('/runs/{run}/rerun', { params: { path: { run }, header: onceOnly() }, body }));

/** `step` is the path of the waiting step. */
export const sendSignal = (run: string, step: string, payload: unknown) =>
  must(api.POST('/runs/{run}/signals/{step}', { params: { path: { run, step }, header: onceOnly() }, body: payload }));
