// The revision the person saw (R18), and what others did since: shown in a bar, never taken over unseen.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type ChangeEvent, onChange } from '../api/live';
import { rememberSeen, seenBefore } from './aside';

/** Changes of what the flow does. Others, as of a registration, are seen in the header as they happen. */
const OF_CONTENT = /^(version\.saved|staging\.|promotion\.|flow\.)/;
const KEPT = 50;

export type Seen = {
  revision: number;
  /** What somebody else did since; the last one last. */
  news: readonly ChangeEvent[];
  /** Something was done that this page was not told of. */
  unknown: boolean;
  /** Says that the person knows of everything up to this revision. */
  saw: (revision: number) => void;
  /** Says that this page did it itself. */
  did: (revision: number) => void;
};

type Given = { flow: string; workspace: string; now: number; dirty: boolean; busy: boolean };

export function useSeen({ flow, workspace, now, dirty, busy }: Given): Seen {
  const [revision, setRevision] = useState(() => (dirty ? (seenBefore(flow, workspace) ?? now) : now));
  const [heard, setHeard] = useState<readonly ChangeEvent[]>([]);
  const own = useRef(new Set<number>());
  useEffect(
    () =>
      onChange((event) => {
        if (event.flow === flow && event.revision) setHeard((before) => [...before.slice(-KEPT), event]);
      }),
    [flow],
  );
  const since = useMemo(
    () => heard.filter((event) => (event.revision ?? 0) > revision && !own.current.has(event.revision ?? 0)),
    [heard, revision],
  );
  const news = useMemo(() => since.filter((event) => OF_CONTENT.test(event.action)), [since]);
  const known = since.some((event) => event.revision === now);
  const unknown = now > revision && dirty && !known && !busy;
  useEffect(() => {
    if (now > revision && !busy && news.length === 0 && (!dirty || known)) setRevision(now);
  }, [now, revision, busy, news, dirty, known]);
  useEffect(() => rememberSeen(flow, workspace, dirty ? revision : null), [flow, workspace, dirty, revision]);
  const saw = useCallback((to: number) => setRevision((before) => Math.max(before, to)), []);
  const did = useCallback((to: number) => {
    own.current.add(to);
    setRevision((before) => Math.max(before, to));
  }, []);
  return { revision, news: busy ? [] : news, unknown, saw, did };
}
