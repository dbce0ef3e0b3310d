// The input of a try: made from the trigger's schema until a person gives another; kept while the page is open.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { runQuery } from '../api/queries';
import { isObject } from '../forms/places';
import { examplesOf, sample } from '../forms/sample';
import type { Definition } from './document';
import { dropExample, type Example, keepExample, keptExamples } from './examples';

export type TryInput = {
  /** JSON Schema of the trigger's input; null when anything is taken. */
  schema: unknown;
  value: unknown;
  set: (value: unknown) => void;
  /** Where the input came from: `made`, `example:N`, `kept:NAME`, `run:ID`; `own` once it was changed. */
  source: string;
  choose: (source: string) => void;
  /** Whether it is there: an earlier run's is still read. */
  ready: boolean;
  error: unknown;
  examples: unknown[];
  kept: Example[];
  keep: (name: string) => void;
  drop: (name: string) => void;
};

/** What was typed outlives the panel, by flow. */
const typed = new Map<string, unknown>();

export function useTryInput(flow: string, definition: Definition, fromRun?: string): TryInput {
  const schema = isObject(definition.trigger) ? (definition.trigger.input ?? null) : null;
  const [source, setSource] = useState(fromRun ? `run:${fromRun}` : typed.has(flow) ? 'own' : 'made');
  const [own, setOwn] = useState<unknown>(typed.get(flow));
  const [kept, setKept] = useState(() => keptExamples(flow));
  const runId = source.startsWith('run:') ? source.slice(4) : null;
  const run = useQuery({ ...runQuery(runId ?? ''), enabled: runId !== null });
  const examples = useMemo(() => examplesOf(schema), [schema]);
  const made = useMemo(
    () => (schema === null ? (definition.trigger?.kind === 'schedule' ? null : {}) : sample(schema)),
    [schema, definition.trigger],
  );
  const value = useMemo(() => {
    if (source === 'own') return own;
    if (runId !== null) return run.data?.input ?? null;
    if (source.startsWith('example:')) return examples[Number(source.slice(8))];
    if (source.startsWith('kept:')) return kept.find((each) => each.name === source.slice(5))?.input;
    return made;
  }, [source, own, runId, run.data, examples, kept, made]);
  useEffect(() => {
    if (fromRun) setSource(`run:${fromRun}`);
  }, [fromRun]);
  return {
    schema,
    value,
    set: (next) => {
      typed.set(flow, next);
      setOwn(next);
      setSource('own');
    },
    source,
    choose: (next) => {
      if (next !== 'own') typed.delete(flow);
      setSource(next);
    },
    ready: runId === null || run.data !== undefined,
    error: runId === null ? null : run.error,
    examples,
    kept,
    keep: (name) => {
      setKept(keepExample(flow, { name, input: value }));
      setSource(`kept:${name}`);
    },
    drop: (name) => {
      setKept(dropExample(flow, name));
      setSource('made');
    },
  };
}
