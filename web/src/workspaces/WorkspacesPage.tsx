// The workspaces of the account: one for each customer, project or test bench.
import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { S } from '../api/client';
import { workspacesQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { Page } from '../components/Page';
import { SearchInput } from '../components/SearchInput';
import { Empty, ErrorBox, Loading } from '../components/States';
import { TimeAgo } from '../components/Time';
import { type Column, VirtualTable } from '../components/VirtualTable';
import { KINDS, kindWord, WorkspaceDialog } from './WorkspaceDialog';

type Workspace = S['WorkspaceAnswer'];

const COLUMNS: Column<Workspace>[] = [
  {
    key: 'name',
    title: 'Name',
    width: 'minmax(180px, 2fr)',
    cell: (row) => (
      <Link to="/workspaces/$workspace" params={{ workspace: row.slug }}>
        {row.name}
      </Link>
    ),
  },
  { key: 'slug', title: 'Slug', width: 'minmax(120px, 1fr)', cell: (row) => <span className="mono">{row.slug}</span> },
  {
    key: 'customer',
    title: 'Customer',
    width: 'minmax(140px, 1.5fr)',
    cell: (row) => row.customer ?? <span className="quiet">none</span>,
  },
  { key: 'kind', title: 'Kind', width: '140px', cell: (row) => kindWord(row.kind) },
  { key: 'created', title: 'Created', width: '150px', cell: (row) => <TimeAgo at={row.created_at} /> },
];

export function WorkspacesPage() {
  const filters = useSearch({ from: '/shell/workspaces' });
  const navigate = useNavigate({ from: '/workspaces' });
  const [creating, setCreating] = useState(false);
  const create = () => setCreating(true);
  const filter = (change: typeof filters) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page
      title="Workspaces"
      lead="Where flows run: each customer's data and connections stay in their own"
      actions={
        <Button className="cta" leftSection={<Icon name="plus" size={16} />} onClick={create}>
          New workspace
        </Button>
      }
    >
      <div className="fill">
        <div className="filters">
          <SearchInput label="Search workspaces" value={filters.text} onChange={(text) => filter({ text })} />
          <Select
            aria-label="Kind"
            placeholder="Any kind"
            w={170}
            clearable
            data={KINDS}
            value={filters.kind ?? null}
            onChange={(kind) => filter({ kind: kind ?? undefined })}
          />
        </div>
        <Workspaces filters={filters} create={create} />
      </div>
      {creating && <WorkspaceDialog close={() => setCreating(false)} />}
    </Page>
  );
}

function Workspaces({ filters, create }: { filters: { text?: string; kind?: string }; create: () => void }) {
  const { data, error, isPending, refetch } = useQuery(workspacesQuery());
  const navigate = useNavigate();
  const rows = useMemo(() => (data ?? []).filter((row) => fits(row, filters)), [data, filters]);
  if (isPending) return <Loading label="Loading workspaces" />;
  if (error) return <ErrorBox error={error} retry={() => void refetch()} />;
  if (data.length === 0)
    return (
      <Empty icon="workspace" title="No workspaces yet" action={<Button onClick={create}>New workspace</Button>}>
        A workspace is where flows run for one customer. Make one for yourself first, to try things.
      </Empty>
    );
  if (rows.length === 0) return <Empty icon="search" title="No workspace fits" />;
  return (
    <VirtualTable
      label="Workspaces"
      rows={rows}
      columns={COLUMNS}
      rowKey={(row) => row.slug}
      open={({ slug }) => void navigate({ to: '/workspaces/$workspace', params: { workspace: slug } })}
    />
  );
}

function fits(row: Workspace, { text = '', kind }: { text?: string; kind?: string }): boolean {
  const all = `${row.name} ${row.slug} ${row.customer ?? ''}`.toLowerCase();
  return (!kind || row.kind === kind) && all.includes(text.trim().toLowerCase());
}
