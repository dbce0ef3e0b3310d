// Keeps a long or dear list up to date while it is shown: read anew after changes, but not more often than it bears.
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { type ChangeEvent, onChange } from './live';

const CHANGE_MS = 400;
const RUNS_MS = 5000;

/** Every change that concerns it, and runs at most every five seconds. Name its keys outside those of live.ts. */
export function useLively(queryKey: QueryKey, concerns: (event: ChangeEvent) => boolean = () => true) {
  const client = useQueryClient();
  const key = JSON.stringify(queryKey);
  const asks = useRef(concerns);
  asks.current = concerns;
  useEffect(() => {
    let timer: number | undefined;
    let due = Number.POSITIVE_INFINITY;
    const read = () => {
      timer = undefined;
      due = Number.POSITIVE_INFINITY;
      // what is being read is not begun again: on a busy server it would never end
      void client.invalidateQueries({ queryKey: JSON.parse(key) as QueryKey }, { cancelRefetch: false });
    };
    const forget = onChange((event) => {
      if (!asks.current(event)) return;
      const at = Date.now() + (event.action.startsWith('run.') ? RUNS_MS : CHANGE_MS);
      if (at >= due) return;
      window.clearTimeout(timer);
      due = at;
      timer = window.setTimeout(read, at - Date.now());
    });
    return () => {
      forget();
      window.clearTimeout(timer);
    };
  }, [client, key]);
}
