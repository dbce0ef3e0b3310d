// The input of a try: where it comes from, and its fields or its text.
import { Button, Group, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, must } from '../api/client';
import { Icon } from '../components/icons';
import { ErrorBox, Loading } from '../components/States';
import { statusWord } from '../components/StatusBadge';
import { ago } from '../components/Time';
import { isObject } from '../forms/places';
import { SchemaForm } from '../forms/SchemaForm';
import { YamlField } from '../forms/YamlField';
import type { TryInput as Input } from './useTryInput';

type Props = { flow: string; workspace: string; input: Input };

const EARLIER = 30;

export function TryInput({ flow, workspace, input }: Props) {
  const [asText, showText] = useState(false);
  const formed = isObject(input.schema) && isObject(input.schema.properties);
  return (
    <section aria-label="Input" className="try-input">
      <Source flow={flow} workspace={workspace} input={input} />
      {input.error != null && <ErrorBox error={input.error} />}
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label="Edit the input as"
          value={asText || !formed ? 'text' : 'fields'}
          onChange={(to) => showText(to === 'text')}
          data={[
            { value: 'fields', label: 'Fields', disabled: !formed },
            { value: 'text', label: 'YAML or JSON' },
          ]}
        />
        <Keep input={input} />
      </Group>
      <div className="try-fields">
        {!input.ready && !input.error ? (
          <Loading lines={3} />
        ) : asText || !formed ? (
          <YamlField value={input.value} onChange={input.set} label="Input" />
        ) : (
          <SchemaForm schema={input.schema} value={input.value} onChange={input.set} />
        )}
      </div>
    </section>
  );
}

function Source({ flow, workspace, input }: Props) {
  const { data, isPending } = useQuery({
    queryKey: ['runs', 'inputs', flow, workspace],
    queryFn: () => must(api.GET('/runs', { params: { query: { flow, workspace, limit: EARLIER } } })),
  });
  const runs = (data?.items ?? []).map((run) => ({
    value: `run:${run.id}`,
    label: `${run.test ? 'Test run' : 'Run'} ${ago(run.queued_at)}, ${statusWord(run.status).toLowerCase()}`,
  }));
  const { source } = input;
  if (source.startsWith('run:') && !runs.some((run) => run.value === source))
    runs.push({ value: source, label: `Run ${source.slice(4)}` });
  const first = [
    { value: 'made', label: input.schema === null ? 'Empty' : 'An example made from the schema' },
    ...input.examples.map((_, index) => ({ value: `example:${index}`, label: `Example ${index + 1} of the schema` })),
    ...(source === 'own' ? [{ value: 'own', label: 'What I typed' }] : []),
  ];
  const kept = input.kept.map(({ name }) => ({ value: `kept:${name}`, label: name }));
  return (
    <Select
      label="Input"
      value={source}
      allowDeselect={false}
      searchable
      maxDropdownHeight={320}
      data={[
        { group: 'Made', items: first },
        ...(kept.length > 0 ? [{ group: 'Saved examples', items: kept }] : []),
        { group: isPending ? 'Earlier runs (loading)' : 'Earlier runs', items: runs },
      ]}
      onChange={(to) => to && input.choose(to)}
    />
  );
}

/** Keeps the input under a name, or lets a kept one go. */
function Keep({ input }: { input: Input }) {
  const [name, type] = useState<string | null>(null);
  const now = input.source.startsWith('kept:') ? input.source.slice(5) : null;
  if (now !== null)
    return (
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => input.drop(now)}>
        Remove example
      </Button>
    );
  if (name === null)
    return (
      <Button size="compact-xs" variant="subtle" leftSection={<Icon name="save" size={13} />} onClick={() => type('')}>
        Save as example
      </Button>
    );
  return (
    <form
      className="try-keep"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        input.keep(name.trim());
        type(null);
      }}
    >
      <TextInput
        size="xs"
        autoFocus
        aria-label="Name of the example"
        placeholder="Large order"
        value={name}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && type(null)}
      />
      <Button type="submit" size="compact-sm" disabled={name.trim() === ''}>
        Save
      </Button>
    </form>
  );
}
