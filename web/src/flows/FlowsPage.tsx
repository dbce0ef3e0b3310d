// The flow list, of one workspace or of the account: which version of each flow runs, and how its runs went.
import { Button, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useLively } from '../api/useLively';
import { Icon } from '../components/icons';
import { Page } from '../components/Page';
import { SearchInput } from '../components/SearchInput';
import { Empty, ErrorBox, Loading } from '../components/States';
import { VirtualTable } from '../components/VirtualTable';
import { WorkspaceSelect } from '../components/WorkspaceSelect';
import { flowColumns } from './columns';
import './flows.css';
import { type FlowFilters, type FlowRow, flowsQuery } from './queries';

const NewFlowDialog = lazy(() => import('./NewFlowDialog'));

const SLOTS = [
  { value: 'main', label: 'Runs on main' },
  { value: 'staging', label: 'Runs on staging' },
  { value: 'none', label: 'Runs nothing' },
];

export function FlowsPage() {
  const filters = useSearch({ from: '/shell/flows' });
  const navigate = useNavigate({ from: '/flows' });
  const [creating, setCreating] = useState(false);
  const filter = useCallback(
    (change: FlowFilters) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  );
  return (
    <Page
      title="Flows"
      lead={filters.workspace ? `As they stand in workspace ${filters.workspace}` : 'All flows of the account'}
      actions={
        <Button className="cta" leftSection={<Icon name="plus" size={16} />} onClick={() => setCreating(true)}>
          New flow
        </Button>
      }
    >
      <div className="fill">
        <div className="filters">
          <SearchInput label="Search flows" value={filters.text} onChange={(text) => filter({ text })} />
          <WorkspaceSelect value={filters.workspace} onChange={(workspace) => filter({ workspace })} />
          <Select
            aria-label="Slot"
            placeholder="Any slot"
            size="sm"
            w={170}
            clearable
            data={SLOTS}
            value={filters.slot ?? null}
            onChange={(slot) => filter({ slot: slot ?? undefined })}
          />
        </div>
        <Flows filters={filters} filter={filter} create={() => setCreating(true)} />
      </div>
      {creating && (
        <Suspense>
          <NewFlowDialog workspace={filters.workspace} close={() => setCreating(false)} />
        </Suspense>
      )}
    </Page>
  );
}

type FlowsProps = { filters: FlowFilters; filter: (change: FlowFilters) => void; create: () => void };

function Flows({ filters, filter, create }: FlowsProps) {
  const navigate = useNavigate();
  const narrow = useMediaQuery('(max-width: 700px)') ?? false;
  const query = useInfiniteQuery(flowsQuery(filters));
  useLively(['flow-list']);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const columns = useMemo(
    () => flowColumns({ workspace: filters.workspace, sort: filters.sort, onSort: (sort) => filter({ sort }), narrow }),
    [filters.workspace, filters.sort, filter, narrow],
  );
  const open = useCallback(
    ({ slug, workspace }: FlowRow) =>
      void navigate({ to: '/flows/$flow', params: { flow: slug }, search: workspace ? { workspace } : {} }),
    [navigate],
  );
  if (query.isPending) return <Loading lines={9} label="Loading flows" />;
  if (query.error && rows.length === 0) return <ErrorBox error={query.error} retry={() => void query.refetch()} />;
  if (rows.length === 0) return <NoFlows filters={filters} filter={filter} create={create} />;
  return (
    <VirtualTable
      label="Flows"
      rows={rows}
      columns={columns}
      rowKey={(row) => row.slug}
      rowHeight={48}
      minWidth={narrow ? 340 : filters.workspace ? 1020 : 1100}
      open={open}
      more={{ has: query.hasNextPage, loading: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
    />
  );
}

function NoFlows({ filters, filter, create }: FlowsProps) {
  if (filters.text || filters.slot)
    return (
      <Empty
        icon="search"
        title="No flow fits"
        action={
          <Button variant="default" onClick={() => filter({ text: undefined, slot: undefined })}>
            Clear search and filters
          </Button>
        }
      >
        Look for another part of the name, or in another workspace.
      </Empty>
    );
  return (
    <Empty
      icon="flow"
      title={filters.workspace ? 'No flows in this workspace yet' : 'No flows yet'}
      action={
        <Button className="cta" leftSection={<Icon name="plus" size={16} />} onClick={create}>
          New flow
        </Button>
      }
    >
      A flow is a trigger and steps; it is saved as a draft, tried on staging, then promoted to main everywhere. To see
      flows that run, start <code>flowslot demo</code> in a terminal.
    </Empty>
  );
}
