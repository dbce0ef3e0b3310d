// The columns of the Registrations tab.
import { Link } from '@tanstack/react-router';
import { Icon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { SortTitle, sorted } from '../components/SortTitle';
import { StatusBadge } from '../components/StatusBadge';
import { TimeAgo } from '../components/Time';
import type { Column } from '../components/VirtualTable';
import type { Registration } from './queries';

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

type Look = {
  sort: string | undefined;
  onSort: (sort: string) => void;
  /** Whether there is room for the most needed columns only: a phone. The rest stands in the drawer. */
  narrow: boolean;
};

export function registrationColumns({ sort, onSort, narrow }: Look): Column<Registration>[] {
  const by = (key: string, title: string, greatestFirst = false) => ({
    title: <SortTitle title={title} by={key} sort={sort} onSort={onSort} greatestFirst={greatestFirst} />,
    sorted: sorted(sort, key),
  });
  if (narrow)
    return [
      { key: 'workspace', width: 'minmax(110px, 1fr)', cell: Workspace, ...by('workspace', 'Workspace') },
      { key: 'slot', width: '112px', cell: Slot, ...by('version', 'Runs', true) },
      { key: 'complete', width: '112px', cell: SetUp, title: 'Set-up' },
    ];
  return [
    { key: 'workspace', width: 'minmax(172px, 1.3fr)', cell: Workspace, ...by('workspace', 'Workspace') },
    { key: 'customer', width: 'minmax(110px, 1fr)', cell: Customer, ...by('customer', 'Customer') },
    { key: 'slot', width: 'minmax(150px, 0.6fr)', cell: Slot, ...by('version', 'Runs', true) },
    { key: 'state', width: '104px', cell: State, title: 'State' },
    { key: 'complete', width: 'minmax(150px, 0.9fr)', cell: SetUp, title: 'Set-up' },
    { key: 'connections', width: 'minmax(104px, 0.6fr)', cell: Connections, title: 'Connections' },
    { key: 'runs', width: '126px', cell: Runs, ...by('failed', 'Runs of 24 h', true) },
    { key: 'last', width: '110px', cell: LastRun, ...by('last_run', 'Last run', true) },
    { key: 'since', width: '104px', cell: Since, ...by('since', 'Since', true) },
  ];
}

function Workspace(row: Registration) {
  return (
    <span className="registrations-two">
      <strong className="cut">{row.workspace_name}</strong>
      <span className="quiet cut">{row.workspace}</span>
    </span>
  );
}

function Customer(row: Registration) {
  return row.customer ?? <span className="quiet">–</span>;
}

function Slot(row: Registration) {
  if (row.resolved_version !== null)
    return (
      <SlotBadge slot={row.fallback ? 'staging' : row.slot} version={row.resolved_version} fallback={row.fallback} />
    );
  return (
    <span className="registrations-two" title="Nothing runs here: the slot it looks to is empty (R7).">
      <SlotBadge slot={row.slot} />
      <span className="quiet">empty, runs nothing</span>
    </span>
  );
}

export function State(row: Pick<Registration, 'active'>) {
  if (row.active) return <span className="quiet">Active</span>;
  return (
    <span className="registrations-inactive" title="Runs on no trigger; it can be test-run (R20).">
      <Icon name="pause" size={12} strokeWidth={2.6} /> Inactive
    </span>
  );
}

function SetUp(row: Registration) {
  if (row.complete)
    return (
      <span className="registrations-complete">
        <Icon name="check" size={13} strokeWidth={2.4} /> Complete
      </span>
    );
  const names = row.missing.join(', ');
  return (
    <span className="registrations-two" title={`Missing or wrong: ${names}`}>
      <span className="registrations-missing">
        <Icon name="alert" size={13} strokeWidth={2.4} /> {row.missing.length} missing
      </span>
      <span className="quiet cut">{names}</span>
    </span>
  );
}

function Connections(row: Registration) {
  const bound = Object.entries(row.connections);
  if (bound.length === 0) return <span className="quiet">none</span>;
  const title = bound.map(([name, slug]) => `${name} → ${slug}`).join('\n');
  return <span title={title}>{bound.map(([, slug]) => slug).join(', ')}</span>;
}

function Runs({ runs_24h: { success, failed } }: Registration) {
  const all = success + failed;
  if (all === 0) return <span className="quiet">none</span>;
  return (
    <span className="registrations-two">
      <span>{all}</span>
      {failed > 0 && <span className="bad">{failed} failed</span>}
    </span>
  );
}

function LastRun({ last_run: run, workspace }: Registration) {
  if (run === null) return <span className="quiet">never</span>;
  return (
    <span className="registrations-two">
      <Link to="/runs/$run" params={{ run: run.id }} aria-label={`Last run in ${workspace}: ${run.status}`}>
        <StatusBadge status={run.status} />
      </Link>
      <span className="quiet">
        <TimeAgo at={run.queued_at} />
      </span>
    </span>
  );
}

function Since(row: Registration) {
  return (
    <time dateTime={row.since} title={row.since}>
      {day.format(new Date(row.since))}
    </time>
  );
}
