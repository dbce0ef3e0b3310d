// The columns of the flow list: what each flow is, which version runs, and how it fares.
import { Link } from '@tanstack/react-router';
import { Icon, isIcon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { SortTitle, sorted } from '../components/SortTitle';
import { StatusBadge } from '../components/StatusBadge';
import { TimeAgo } from '../components/Time';
import type { Column } from '../components/VirtualTable';
import type { FlowRow } from './queries';
import { RunSpark, short } from './RunSpark';

const TRIGGERS: Record<string, string> = {
  on_demand: 'On demand',
  webhook: 'Webhook',
  schedule: 'Schedule',
  record: 'Record',
  action_done: 'Action done',
};
const SORTS: Record<string, { by: string; greatestFirst?: boolean }> = {
  name: { by: 'name' },
  latest: { by: 'latest', greatestFirst: true },
  runs: { by: 'failed', greatestFirst: true },
  last: { by: 'last_run', greatestFirst: true },
};

type Look = {
  workspace: string | undefined;
  sort: string | undefined;
  onSort: (sort: string) => void;
  /** Whether there is room for the most needed columns only: a phone. */
  narrow: boolean;
};

const NARROW = [
  ['name', 'minmax(96px, 1fr)'],
  ['running', '126px'],
  ['last', '112px'],
] as const;

export function flowColumns({ workspace, sort, onSort, narrow }: Look): Column<FlowRow>[] {
  const title = (key: string, word: string) => {
    const how = SORTS[key];
    return how ? <SortTitle title={word} sort={sort} onSort={onSort} {...how} /> : word;
  };
  const column = (key: string, word: string, width: string, cell: Column<FlowRow>['cell']): Column<FlowRow> => ({
    key,
    title: title(key, word),
    width,
    cell,
    sorted: SORTS[key] ? sorted(sort, SORTS[key].by) : undefined,
  });
  const columns = [
    column('name', 'Name', 'minmax(196px, 1.2fr)', (row) => <Name row={row} />),
    column('trigger', 'Starts by', 'minmax(112px, 0.35fr)', (row) => (
      <Trigger kind={row.trigger_kind} callable={row.callable} />
    )),
    column('running', 'Running on', 'minmax(158px, 0.5fr)', (row) => <RunningOn row={row} />),
    column('state', 'State', 'minmax(106px, 0.3fr)', (row) => <State row={row} />),
    column('latest', 'Latest', 'minmax(106px, 0.3fr)', (row) => <Latest row={row} />),
    column('runs', 'Runs of 24 h', 'minmax(180px, 0.4fr)', (row) => (
      <RunSpark hours={row.hours} total={row.runs_24h} />
    )),
    column('last', 'Last run', 'minmax(120px, 0.4fr)', (row) => <LastRun row={row} />),
  ];
  if (narrow)
    return NARROW.flatMap(([key, width]) =>
      columns.filter((each) => each.key === key).map((each) => ({ ...each, width })),
    );
  if (workspace === undefined)
    columns.splice(
      1,
      0,
      column('where', 'Workspaces', 'minmax(136px, 0.5fr)', (row) => <Where row={row} />),
    );
  return columns;
}

function Name({ row }: { row: FlowRow }) {
  const at = { flow: row.slug };
  return (
    <span className="flows-name">
      <Link to="/flows/$flow" params={at} search={row.workspace ? { workspace: row.workspace } : {}} className="cut">
        {row.name}
      </Link>
      {row.visibility === 'private' && (
        <span className="flows-private quiet" title="Only in its own workspace (private)">
          private
        </span>
      )}
    </span>
  );
}

function Where({ row }: { row: FlowRow }) {
  const others = row.registrations - (row.workspace ? 1 : 0);
  return (
    <span className="cut" title={`Home: ${row.workspace ?? 'out of your sight'}; registered to ${row.registrations}`}>
      {row.workspace ?? '–'}
      {others > 0 && <span className="quiet"> +{short(others)}</span>}
    </span>
  );
}

function Trigger({ kind, callable }: { kind: string | null; callable: boolean }) {
  if (kind === null) return <span className="quiet">not saved yet</span>;
  const word = TRIGGERS[kind] ?? kind;
  return (
    <span className="flows-trigger" title={callable ? 'Other flows can call it' : undefined}>
      <Icon name={isIcon(kind) ? kind : 'flow'} size={15} />
      {callable ? 'Callable' : word}
    </span>
  );
}

/** Why nothing runs there, in two words and in a sentence (R7). */
function whyNothing(row: FlowRow): [string, string] {
  if (row.slot === null) return ['not registered', 'The flow is not registered to this workspace.'];
  if (row.latest === null) return ['nothing saved', 'Nothing runs: no version of the flow was saved yet.'];
  if (row.staging)
    return [
      `v${row.staging.number} is staged`,
      `Looks to main, which is empty: nothing runs here until v${row.staging.number} is promoted or made active.`,
    ];
  return ['main is empty', 'Looks to main, which is empty: nothing runs here until a version is promoted.'];
}

function RunningOn({ row }: { row: FlowRow }) {
  if (row.running_on === 'none') {
    const [brief, long] = whyNothing(row);
    return (
      <span className="flows-two" title={long}>
        <SlotBadge slot="none" />
        <span className="quiet cut">{brief}</span>
      </span>
    );
  }
  return <SlotBadge slot={row.running_on} version={row[row.running_on]?.number} fallback={row.fallback} />;
}

function State({ row }: { row: FlowRow }) {
  if (row.slot === null) return <span className="quiet">–</span>;
  if (row.active) return <span className="flows-active">Active</span>;
  return (
    <span className="flows-inactive" title="Runs on no trigger here; it can be test-run (R20).">
      <Icon name="pause" size={12} strokeWidth={2.6} /> Inactive
    </span>
  );
}

function Latest({ row }: { row: FlowRow }) {
  if (row.latest === null) return <span className="quiet">none</span>;
  const inSlot = row.latest.icons.length > 0;
  const draft = !inSlot && row.latest.kind === 'draft' && !row.latest.discarded;
  return (
    <span title={`Saved by ${row.latest.author}${row.latest.note ? `: ${row.latest.note}` : ''}`}>
      v{row.latest.number} {draft && <SlotBadge slot="draft" />}
    </span>
  );
}

function LastRun({ row }: { row: FlowRow }) {
  if (row.last_run === null) return <span className="quiet">never</span>;
  return (
    <span className="flows-two flows-last">
      <Link
        to="/runs/$run"
        params={{ run: row.last_run.id }}
        aria-label={`Last run of ${row.name}: ${row.last_run.status}`}
      >
        <StatusBadge status={row.last_run.status} />
      </Link>
      <span className="quiet cut">
        <TimeAgo at={row.last_run.queued_at} />
      </span>
    </span>
  );
}
