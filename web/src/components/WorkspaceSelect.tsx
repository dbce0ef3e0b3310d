// Chooses a workspace by name, slug or customer; the workspaces are read when it is first opened.
import { type ComboboxItem, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { S } from '../api/client';
import { workspaceQuery, workspacesQuery } from '../api/queries';

type Workspace = S['WorkspaceAnswer'];
const SHOWN = 60;

type Props = {
  value: string | undefined;
  onChange: (slug: string | undefined) => void;
  /** Shown over the field; without it the field is named for those who do not see it. */
  label?: string;
  /** What is shown while none is chosen. */
  none?: string;
  required?: boolean;
  w?: number | string;
};

export function WorkspaceSelect({ value, onChange, label, none = 'All workspaces', required = false, w = 220 }: Props) {
  const [opened, setOpened] = useState(required);
  const { data = [], isFetching, error } = useQuery({ ...workspacesQuery(), enabled: opened });
  const unread = value !== undefined && !opened;
  const { data: chosen } = useQuery({ ...workspaceQuery(value ?? ''), enabled: unread });
  const bySlug = useMemo(() => new Map(data.map((each) => [each.slug, each])), [data]);
  const options = useMemo(() => {
    const found = data.map((each) => ({ value: each.slug, label: each.name }));
    if (value && !bySlug.has(value)) found.push({ value, label: chosen?.name ?? value });
    return found;
  }, [data, bySlug, value, chosen]);
  return (
    <Select
      w={w}
      size="sm"
      label={label}
      aria-label={label ? undefined : 'Workspace'}
      placeholder={none}
      data={options}
      value={value ?? null}
      onChange={(slug) => onChange(slug ?? undefined)}
      onFocus={() => setOpened(true)}
      searchable
      clearable={!required}
      withAsterisk={required}
      limit={SHOWN}
      filter={({ options: all, search, limit }) => matching(all as ComboboxItem[], bySlug, search, limit)}
      renderOption={({ option }) => (
        <Option slug={option.value} label={option.label} workspace={bySlug.get(option.value)} />
      )}
      nothingFoundMessage={error ? error.message : isFetching ? 'Loading…' : 'No such workspace'}
      comboboxProps={{ width: 300, position: 'bottom-start' }}
    />
  );
}

function Option({ slug, label, workspace }: { slug: string; label: string; workspace: Workspace | undefined }) {
  const more = [workspace?.customer, slug].filter((each) => each && each !== label);
  return (
    <div className="workspace-option">
      <div className="cut">{label}</div>
      <div className="cut quiet">{more.join(' · ')}</div>
    </div>
  );
}

function matching(all: ComboboxItem[], bySlug: Map<string, Workspace>, search: string, limit: number): ComboboxItem[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found: ComboboxItem[] = [];
  for (const option of all) {
    if (found.length >= limit) break;
    const text = `${option.label} ${option.value} ${bySlug.get(option.value)?.customer ?? ''}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(option);
  }
  return found;
}
