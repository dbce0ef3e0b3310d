// Starts a run by hand, with an input in a form made from the trigger's schema, or as JSON.
import { Button, Checkbox, Group, SegmentedControl, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, must, onceOnly } from '../api/client';
import { parseExact } from '../api/exact_json';
import { Icon } from '../components/icons';
import { said } from '../components/notices';
import { useFlow } from '../flow/FlowContext';
import { SchemaForm, sample } from '../forms/SchemaForm';
import { problemsBelow } from './ConfigSection';
import { type Registration, type useNeeds, useStale } from './queries';
import { Refusal } from './Refusal';

type Props = { registration: Registration; needs: ReturnType<typeof useNeeds> };

export function StartSection({ registration, needs }: Props) {
  const schema = needs.definition?.trigger?.input;
  const [by, setBy] = useState<'form' | 'json'>(isForm(schema) ? 'form' : 'json');
  const [input, setInput] = useState<unknown>(() => (schema === undefined ? null : sample(schema)));
  const [text, setText] = useState(() => JSON.stringify(input, null, 2));
  const [chosen, setTest] = useState<boolean>();
  const test = chosen ?? !registration.active; // an inactive registration takes test runs only (R20)
  const start = useStart(registration);
  const read = readJson(text);
  const turn = (to: 'form' | 'json') => {
    if (to === 'json') setText(JSON.stringify(input, null, 2));
    else if ('value' in read) setInput(read.value);
    setBy(to);
  };
  const value = by === 'form' ? input : 'value' in read ? read.value : undefined;
  const problems = problemsBelow('/input', start.error);
  return (
    <details className="registration-start">
      <summary>
        <Icon name="run" size={15} /> Start a run by hand
      </summary>
      <div className="registration-stack">
        {isForm(schema) && (
          <SegmentedControl
            size="xs"
            aria-label="Input as"
            value={by}
            onChange={(to) => turn(to as typeof by)}
            data={[
              { value: 'form', label: 'Form' },
              { value: 'json', label: 'JSON' },
            ]}
          />
        )}
        {by === 'form' ? (
          <SchemaForm schema={schema} value={input} onChange={setInput} problems={problems} />
        ) : (
          <Textarea
            label="Input (JSON)"
            value={text}
            onChange={(event) => setText(event.target.value)}
            autosize
            minRows={4}
            maxRows={16}
            error={'error' in read ? read.error : Object.values(problems)[0]}
            classNames={{ input: 'mono' }}
          />
        )}
        <Checkbox
          label="As a test run"
          description="Kept apart in the lists of runs; what it does outside is real."
          checked={test}
          onChange={(event) => setTest(event.target.checked)}
        />
        {start.error && Object.keys(problems).length === 0 && <Refusal error={start.error} />}
        <Group>
          <Button
            size="sm"
            className="cta"
            loading={start.isPending}
            disabled={by === 'json' && 'error' in read}
            onClick={() => start.mutate({ input: value, test })}
          >
            Start run
          </Button>
        </Group>
      </div>
    </details>
  );
}

function useStart(registration: Registration) {
  const { flow } = useFlow();
  const stale = useStale();
  const navigate = useNavigate();
  const path = { flow: flow.slug, ws: registration.workspace };
  return useMutation({
    mutationFn: (body: { input: unknown; test: boolean }) =>
      must(api.POST('/flows/{flow}/registrations/{ws}/runs', { params: { path }, body, headers: onceOnly() })),
    onSuccess: (run) =>
      said(`A run was started in ${registration.workspace_name}.`, {
        label: 'Open the run',
        do: () => void navigate({ to: '/runs/$run', params: { run: run.id } }),
      }),
    onSettled: stale,
  });
}

function isForm(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return false;
  return Object.keys(schema.properties as object).length > 0;
}

function readJson(text: string): { value: unknown } | { error: string } {
  try {
    return { value: parseExact(text.trim() === '' ? 'null' : text) };
  } catch (error) {
    return { error: `This is not JSON: ${error instanceof Error ? error.message : ''}` };
  }
}
