// The rows of the Registrations tab; a row opens in a drawer.
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { Icon } from '../components/icons';
import { Empty, ErrorBox, Loading } from '../components/States';
import { VirtualTable } from '../components/VirtualTable';
import { useFlow } from '../flow/FlowContext';
import { registrationColumns } from './columns';
import { isFiltered, type Registration, type RegistrationFilters, registrationsQuery } from './queries';
import type { Change } from './RegistrationsPage';

type Props = { filters: RegistrationFilters; filter: (change: Change) => void; register: () => void };

export function RegistrationTable({ filters, filter, register }: Props) {
  const { flow } = useFlow();
  const query = useInfiniteQuery(registrationsQuery(flow.slug, filters));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { sort } = filters;
  const narrow = useMediaQuery('(max-width: 700px)') ?? false;
  const columns = useMemo(
    () => registrationColumns({ sort, onSort: (to) => filter({ sort: to }), narrow }),
    [sort, filter, narrow],
  );
  const open = useCallback((row: Registration) => filter({ open: row.workspace }), [filter]);
  if (query.isPending) return <Loading lines={9} label="Loading registrations" />;
  if (query.error && rows.length === 0) return <ErrorBox error={query.error} retry={() => void query.refetch()} />;
  if (rows.length === 0)
    return isFiltered(filters) ? <NoneFits filter={filter} /> : <NoRegistrations register={register} />;
  return (
    <VirtualTable
      label="Registrations"
      rows={rows}
      columns={columns}
      rowKey={(row) => row.workspace}
      rowHeight={48}
      minWidth={narrow ? 340 : 1090}
      open={open}
      more={{ has: query.hasNextPage, loading: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
    />
  );
}

function NoneFits({ filter }: Pick<Props, 'filter'>) {
  const none = { text: undefined, slot: undefined, active: undefined, complete: undefined };
  return (
    <Empty
      icon="search"
      title="No registration fits"
      action={
        <Button variant="default" onClick={() => filter(none)}>
          Clear search and filters
        </Button>
      }
    />
  );
}

function NoRegistrations({ register }: Pick<Props, 'register'>) {
  return (
    <Empty
      icon="workspace"
      title="No workspace has this flow"
      action={
        <Button className="cta" leftSection={<Icon name="plus" size={16} />} onClick={register}>
          Register to workspaces
        </Button>
      }
    >
      A workspace that gets it looks to main, and runs once a version is there.
    </Empty>
  );
}
