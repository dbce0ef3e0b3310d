// Choosing among what there is: values of an enumeration, the definition's connections, flows that can be called.
import { Button, Group, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, must } from '../api/client';
import { everyPage, paged } from '../api/queries';
import { Icon } from '../components/icons';
import { isObject, valueAt } from './places';
import { titleOf } from './schema';
import { useScope } from './scope';

type Of = { value: unknown; onChange: (next: unknown) => void; label: string };

/** Values of any type, each chosen by its text. */
export function ChoiceField({
  value,
  onChange,
  label,
  choices,
  optional,
}: Of & { choices: unknown[]; optional: boolean }) {
  const { disabled } = useScope();
  const known = choices.some((each) => each === value) || value === undefined ? choices : [value, ...choices];
  const words = (each: unknown) =>
    typeof each === 'string' && !/^[A-Z]+$/.test(each) ? titleOf(each, {}) : String(each);
  return (
    <Select
      aria-label={label}
      data={known.map((each, index) => ({ value: String(index), label: words(each) }))}
      value={value === undefined ? null : String(known.indexOf(value))}
      clearable={optional}
      allowDeselect={false}
      readOnly={disabled}
      placeholder="Choose"
      onChange={(index) => onChange(index === null ? undefined : known[Number(index)])}
    />
  );
}

export function ConnectionField({ value, onChange, label }: Of) {
  const { place, disabled, addConnection } = useScope();
  const [name, type] = useState<string | null>(null);
  const declared = valueAt(place?.definition, '/connections');
  const names = isObject(declared) ? Object.keys(declared) : [];
  const all = typeof value === 'string' && value !== '' && !names.includes(value) ? [...names, value] : names;
  const [expected, expect] = useState<string | null>(null);
  const good = name !== null && /^[a-z][a-z0-9_]{0,99}$/.test(name);
  const add = () => {
    if (!good || name === null) return;
    addConnection?.(name);
    expect(name);
    type(null);
  };
  // the definition changes first: a value set in the same breath would be set in the definition before it
  useEffect(() => {
    if (expected === null || !names.includes(expected)) return;
    expect(null);
    onChange(expected);
  }, [expected, names, onChange]);
  return (
    <>
      <Group gap={6} wrap="nowrap">
        <Select
          aria-label={label}
          data={all}
          value={typeof value === 'string' && value !== '' ? value : null}
          allowDeselect={false}
          readOnly={disabled}
          placeholder={all.length > 0 ? 'Choose a connection' : 'The flow has no connection yet'}
          style={{ flex: 1 }}
          onChange={(to) => to && onChange(to)}
        />
        {addConnection && !disabled && (
          <Button
            variant="default"
            px={10}
            aria-expanded={name !== null}
            onClick={() => type(name === null ? '' : null)}
          >
            <Icon name={name === null ? 'plus' : 'x'} size={14} />
            <span className="visually-hidden">{name === null ? 'Add a connection to the flow' : 'Do not add one'}</span>
          </Button>
        )}
      </Group>
      {name !== null && (
        <Group gap={6} wrap="nowrap" mt={6} align="flex-start">
          <TextInput
            value={name}
            aria-label="Name of the new connection"
            placeholder="erp"
            autoFocus
            style={{ flex: 1 }}
            error={name !== '' && !good ? 'Small letters, digits and _, a letter first.' : undefined}
            onChange={(event) => type(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && add()}
          />
          <Button disabled={!good} onClick={add}>
            Add
          </Button>
        </Group>
      )}
    </>
  );
}

export function CalledFlowField({ value, onChange, label }: Of) {
  const { place, disabled } = useScope();
  const workspace = place?.workspace ?? '';
  const { data = [], isPending } = useQuery({
    queryKey: ['flows', 'callable', workspace],
    queryFn: () =>
      everyPage((cursor) => must(api.GET('/flows', { params: { query: { workspace, ...paged(cursor, 200) } } }))),
    enabled: place !== null,
  });
  const callable = data
    .filter((flow) => flow.callable)
    .map((flow) => ({ value: flow.slug, label: `${flow.name} (${flow.slug})` }));
  const chosen = typeof value === 'string' && value !== '' ? value : null;
  const unknown = chosen !== null && !callable.some((flow) => flow.value === chosen);
  const words = callable.length > 0 ? 'Choose a flow' : 'No flow of this workspace can be called yet';
  return (
    <Select
      searchable
      aria-label={label}
      data={unknown ? [{ value: chosen, label: chosen }, ...callable] : callable}
      value={chosen}
      allowDeselect={false}
      readOnly={disabled}
      placeholder={isPending ? 'Loading…' : words}
      limit={100}
      onChange={(to) => to && onChange(to)}
    />
  );
}
