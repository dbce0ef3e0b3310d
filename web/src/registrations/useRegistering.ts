// Registers a flow to many workspaces, a few at a time, and tells how far it is.
import { useEffect, useRef, useState } from 'react';
import { api, must, onceOnly } from '../api/client';
import { ApiProblem, hasCode } from '../api/problem';
import { useStale } from './queries';

const AT_ONCE = 4;
const TOLD_MS = 100;
const AGAIN_MS = 1000;

export type Outcome = {
  made: number;
  had: number;
  /** Workspaces that were not reached before it was stopped. */
  left: number;
  refused: { workspace: string; why: string }[];
};

export function useRegistering(flow: string) {
  const stale = useStale();
  const stopped = useRef(false);
  const [progress, setProgress] = useState<{ done: number; of: number }>();
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(
    () => () => {
      stopped.current = true; // the dialog was closed
    },
    [],
  );

  const register = async (workspaces: string[], active: boolean) => {
    stopped.current = false;
    const found: Outcome = { made: 0, had: 0, left: 0, refused: [] };
    const waiting = [...workspaces];
    const tell = () => setProgress({ done: workspaces.length - waiting.length, of: workspaces.length });
    const ticking = window.setInterval(tell, TOLD_MS);
    tell();
    const work = async () => {
      for (let next = waiting.pop(); next !== undefined && !stopped.current; next = waiting.pop())
        await one(flow, next, active, found);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    window.clearInterval(ticking);
    found.left = workspaces.length - found.made - found.had - found.refused.length;
    setProgress(undefined);
    setOutcome(found);
    stale();
  };
  const stop = () => {
    stopped.current = true;
  };
  return { register, stop, progress, outcome };
}

async function one(flow: string, workspace: string, active: boolean, found: Outcome): Promise<void> {
  const headers = onceOnly();
  for (;;) {
    try {
      await must(
        api.POST('/flows/{flow}/registrations', { params: { path: { flow } }, body: { workspace, active }, headers }),
      );
      found.made += 1;
      return;
    } catch (error) {
      if (hasCode(error, 'too_many')) {
        await new Promise((resolve) => window.setTimeout(resolve, AGAIN_MS));
        continue;
      }
      if (hasCode(error, 'already_registered')) found.had += 1;
      else found.refused.push({ workspace, why: error instanceof ApiProblem ? error.message : String(error) });
      return;
    }
  }
}
