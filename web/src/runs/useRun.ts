// A run as its page shows it: read anew while it goes on, with the step and the items of loops that are looked at.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { runQuery } from '../api/queries';
import type { Definition } from '../editor/document';
import { type Iterations, isOpen, iterationsOf, loopsIn, type Run, recordsAt, statesOf } from '../editor/records';
import { whyNoDefinition } from '../editor/shape';
import { entries, TRIGGER } from '../editor/tree';
import { idOfPath, itemsOf, pathIn, settled, withItem } from './items';
import { pathOfError } from './place';
import { runDefinitionQuery } from './queries';
import { whyUnrun } from './unrun';

const POLL_MS = 1000;
const WAITING_POLL_MS = 5000;

export function useRunData(id: string) {
  const run = useQuery({
    ...runQuery(id),
    refetchInterval: ({ state: { data } }) => pollOf(data),
  });
  const definition = useQuery(runDefinitionQuery(id));
  const found = definition.data?.definition;
  return { run, definition, document: found && !whyNoDefinition(found) ? (found as Definition) : null };
}

function pollOf(run: Run | undefined): number | false {
  if (!run || !isOpen(run)) return false;
  return run.status === 'suspended' ? WAITING_POLL_MS : POLL_MS;
}

export type Looked = ReturnType<typeof useLooked>;

/** The step that is looked at: the one in the address, else the one that failed or waits, else the trigger. */
export function useLooked(given: Run, definition: Definition | null) {
  const run = useMemo(() => settled(given), [given]);
  const { step } = useSearch({ from: '/shell/runs/$run' });
  const navigate = useNavigate({ from: '/runs/$run' });
  const [first] = useState(() => firstPath(run)); // stays while the run moves on, unless it fails
  const path = step ?? pathOfError(run) ?? first;
  const [chosen, choose] = useState<Iterations>({});
  const iterations = useMemo(() => iterationsOf(run.steps, { ...chosen, ...itemsOf(path) }), [run.steps, chosen, path]);
  const at = useMemo(() => recordsAt(run.steps, iterations), [run.steps, iterations]);
  const loops = useMemo(() => loopsIn(run.steps, iterations), [run.steps, iterations]);
  const states = useMemo(() => {
    const found = statesOf(run, iterations);
    for (const { step: each } of definition ? entries(definition) : [])
      if (whyUnrun(definition as Definition, run, at, each.id)?.kind === 'skipped')
        found.set(each.id, { status: 'skipped' });
    return found;
  }, [run, iterations, definition, at]);

  const go = useCallback(
    (to: string) => void navigate({ search: (before) => ({ ...before, step: to }), replace: true }),
    [navigate],
  );
  const goTo = useCallback(
    (to: string) => {
      choose((before) => ({ ...before, ...itemsOf(to) }));
      go(to);
    },
    [go],
  );
  const select = useCallback((id: string | null) => goTo(id === null ? TRIGGER : pathIn(at, id)), [goTo, at]);
  const look = useCallback(
    (loop: string, item: number) => {
      choose((before) => ({ ...before, [loop]: item }));
      if (path.includes(`${loop}[`)) go(withItem(path, loop, item));
    },
    [go, path],
  );
  return { run, path, id: idOfPath(path), at, loops, iterations, states, select, goTo, look };
}

function firstPath(run: Run): string {
  const waits = isOpen(run) ? run.steps.findLast((record) => record.status === 'suspended') : undefined;
  return waits?.path ?? TRIGGER;
}
