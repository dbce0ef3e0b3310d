// What is wrong with the definition being edited, asked of the server while one types.
import { useEffect, useMemo, useState } from 'react';
import { api, must, type S } from '../api/client';
import type { Definition } from './document';
import { stepOfPointer } from './tree';

export type Problem = S['ProblemAnswer'];
export type Problems = {
  problems: readonly Problem[];
  checking: boolean;
  /** By id of the step; what is wrong in no step stands under `trigger`. */
  byStep: ReadonlyMap<string, Problem[]>;
  /** Those at the pointer itself or, with `below`, anywhere in it. */
  at: (pointer: string, below?: boolean) => Problem[];
  /** Why it could not be checked. */
  error: unknown;
};
type Answer = { problems: readonly Problem[]; error: unknown; of: Definition | null };

const QUIET_MS = 300;
const NONE: Answer = { problems: [], error: null, of: null };

/** Asks once one has stopped typing; an answer that comes too late is not looked at. */
export function useProblems(flow: string, workspace: string, definition: Definition): Problems {
  const [answer, setAnswer] = useState(NONE);
  useEffect(() => {
    if (workspace === '') return;
    const stopped = new AbortController();
    const ask = async () => {
      const error = await must(
        api.POST('/flows/{flow}/validations', {
          params: { path: { flow } },
          body: { workspace, definition, record: false },
          signal: stopped.signal,
        }),
      ).then(
        ({ problems }) => void setAnswer({ problems, error: null, of: definition }),
        (refusal: unknown) => refusal,
      );
      if (error && !stopped.signal.aborted) setAnswer((before) => ({ ...before, error, of: definition }));
    };
    const timer = window.setTimeout(ask, QUIET_MS);
    return () => {
      window.clearTimeout(timer);
      stopped.abort();
    };
  }, [flow, workspace, definition]);
  const { problems, error, of } = answer;
  const checking = workspace !== '' && of !== definition;
  return useMemo(
    () => ({ problems, checking, error, byStep: grouped(definition, problems), at: finder(problems) }),
    [problems, checking, error, definition],
  );
}

/** What only one workspace lacks is no fault of the trigger: it counts where a step is to blame. */
export function grouped(definition: Definition, problems: readonly Problem[]): Map<string, Problem[]> {
  const found = new Map<string, Problem[]>();
  for (const problem of problems) {
    const id = stepOfPointer(definition, problem.pointer)?.id ?? (problem.workspace === null ? 'trigger' : null);
    if (id !== null) found.set(id, [...(found.get(id) ?? []), problem]);
  }
  return found;
}

/** Looks problems up by pointer; what only one workspace lacks says which. */
export function finder(problems: readonly Problem[]): Problems['at'] {
  const said = problems.map((each) =>
    each.workspace === null ? each : { ...each, message: `In ${each.workspace}: ${each.message}` },
  );
  const once = [...new Map(said.map((each) => [`${each.pointer}\n${each.message}`, each])).values()];
  return (pointer, below = false) =>
    once.filter((each) => each.pointer === pointer || (below && each.pointer.startsWith(`${pointer}/`)));
}
