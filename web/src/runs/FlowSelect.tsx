// Chooses a flow by name or slug; the server looks for it, since there may be thousands.
import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, must } from '../api/client';
import { flowQuery } from '../api/queries';

const SHOWN = 50;
const RESTS_MS = 200;

type Props = { value: string | undefined; onChange: (slug: string | undefined) => void };

export function FlowSelect({ value, onChange }: Props) {
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed, RESTS_MS);
  const chosen = useQuery({ ...flowQuery(value ?? ''), enabled: value !== undefined });
  const name = value === undefined ? undefined : (chosen.data?.name ?? value);
  const looked = text === name ? '' : text; // the field shows the chosen one's name when it is opened
  const { data, isFetching, error } = useQuery({
    queryKey: ['flow-choice', looked],
    queryFn: ({ signal }) =>
      must(api.GET('/flows', { params: { query: { text: looked || undefined, sort: 'name', limit: SHOWN } }, signal })),
    enabled: opened,
    placeholderData: keepPreviousData,
  });
  const options = (data?.items ?? []).map((flow) => ({ value: flow.slug, label: flow.name }));
  if (value && name && !options.some((option) => option.value === value)) options.unshift({ value, label: name });
  return (
    <Select
      w={190}
      aria-label="Flow"
      placeholder="All flows"
      data={options}
      value={value ?? null}
      onChange={(slug) => onChange(slug ?? undefined)}
      onFocus={() => setOpened(true)}
      onSearchChange={setTyped}
      searchable
      clearable
      filter={({ options: found }) => found}
      renderOption={({ option }) => (
        <div className="workspace-option">
          <div className="cut">{option.label}</div>
          {option.label !== option.value && <div className="cut quiet">{option.value}</div>}
        </div>
      )}
      nothingFoundMessage={error ? error.message : isFetching ? 'Looking…' : 'No such flow'}
      comboboxProps={{ width: 300, position: 'bottom-start' }}
    />
  );
}
