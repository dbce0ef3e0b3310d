// Everything that was done (R19): who, what, when, to which flow and workspace, with a link to it.
import { Select, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { auditQuery } from '../api/queries';
import { useLively } from '../api/useLively';
import { Page } from '../components/Page';
import { SearchInput } from '../components/SearchInput';
import { Empty, ErrorBox, Loading } from '../components/States';
import { VirtualTable } from '../components/VirtualTable';
import { WorkspaceSelect } from '../components/WorkspaceSelect';
import { activityColumns } from './columns';
import { NOUNS } from './words';

export type ActivityFilters = {
  flow?: string;
  workspace?: string;
  action?: string;
  actor?: string;
  from?: string;
  to?: string;
};

export function ActivityPage() {
  const filters = useSearch({ from: '/shell/activity' });
  const navigate = useNavigate({ from: '/activity' });
  const filter = (change: ActivityFilters) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const day = (time: string | undefined) => time?.slice(0, 10) ?? '';
  return (
    <Page title="Activity" lead="Who did what; nothing is ever taken out of this record">
      <div className="fill">
        <div className="filters">
          <SearchInput label="Flow" value={filters.flow} onChange={(flow) => filter({ flow: flow?.trim() })} w={180} />
          <WorkspaceSelect value={filters.workspace} onChange={(workspace) => filter({ workspace })} />
          <Select
            aria-label="What was done"
            placeholder="Anything done"
            w={180}
            clearable
            data={NOUNS}
            value={filters.action ?? null}
            onChange={(action) => filter({ action: action ?? undefined })}
          />
          <SearchInput label="Person" value={filters.actor} onChange={(actor) => filter({ actor })} w={170} />
          <TextInput
            type="date"
            aria-label="From"
            value={day(filters.from)}
            onChange={(event) => filter({ from: event.target.value ? `${event.target.value}T00:00:00Z` : undefined })}
          />
          <TextInput
            type="date"
            aria-label="Until"
            value={day(filters.to)}
            onChange={(event) => filter({ to: event.target.value ? `${event.target.value}T23:59:59Z` : undefined })}
          />
        </div>
        <Activity filters={filters} />
      </div>
    </Page>
  );
}

function Activity({ filters }: { filters: ActivityFilters }) {
  const query = useInfiniteQuery(auditQuery(filters));
  useLively(['activity'], (event) => !event.action.startsWith('run.'));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  if (query.isPending) return <Loading lines={9} label="Loading the record" />;
  if (query.error && rows.length === 0) return <ErrorBox error={query.error} retry={() => void query.refetch()} />;
  if (rows.length === 0)
    return (
      <Empty icon="activity" title="Nothing on record fits">
        <Link to="/activity" search={{}}>
          Show everything
        </Link>
      </Empty>
    );
  return (
    <VirtualTable
      label="Activity"
      rows={rows}
      columns={activityColumns}
      rowKey={(row) => String(row.seq)}
      more={{ has: query.hasNextPage, loading: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
    />
  );
}
