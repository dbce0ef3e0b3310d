// The live run list under its filters: rows that move by themselves, endless downward, chosen for bulk acts.
import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Icon } from '../components/icons';
import { Empty, ErrorBox, Loading } from '../components/States';
import { ExactTime } from '../components/Time';
import { VirtualTable } from '../components/VirtualTable';
import { BulkBar } from './BulkBar';
import { type Choice, runColumns } from './columns';
import { isFiltered, type RunFilters } from './filters';
import { RunFilterBar } from './RunFilters';
import type { Run } from './rows';
import './runs.css';
import { allToggled, NONE, toggled } from './selection';
import { type RunList, type RunStore, storeOf } from './store';

type Props = {
  filters: RunFilters;
  filter: (change: RunFilters) => void;
  /** Whether the list is held to one flow. */
  ofFlow?: boolean;
};

export function RunListPart({ filters, filter, ofFlow = false }: Props) {
  const store = storeOf(filters);
  return (
    <div className="fill runs">
      <RunFilterBar filters={filters} filter={filter} ofFlow={ofFlow} />
      <Listed key={JSON.stringify(filters)} store={store} filters={filters} filter={filter} ofFlow={ofFlow} />
    </div>
  );
}

type ListedProps = Required<Props> & { store: RunStore };

function Listed({ store, filters, filter, ofFlow }: ListedProps) {
  const list = useSyncExternalStore(store.subscribe, store.get);
  const { rows } = list;
  const narrow = useMediaQuery('(max-width: 700px)') ?? false;
  const { selected, choice, clear } = useChoice(rows);
  const navigate = useNavigate();
  const open = useCallback((run: Run) => void navigate({ to: '/runs/$run', params: { run: run.id } }), [navigate]);
  const columns = useMemo(() => runColumns({ ofFlow, narrow, choice }), [ofFlow, narrow, choice]);
  const frame = useTop(store, selected.length > 0);
  if (rows.length === 0) return <NoRows list={list} store={store} filters={filters} filter={filter} ofFlow={ofFlow} />;
  return (
    <>
      {selected.length > 0 && <BulkBar runs={selected} clear={clear} />}
      <div className="runs-table" ref={frame}>
        <NewRuns list={list} show={store.showFresh} frame={frame} />
        <VirtualTable
          label="Runs"
          rows={rows}
          columns={columns}
          rowKey={(run) => run.id}
          rowHeight={narrow ? 62 : 40}
          minWidth={narrow ? 300 : ofFlow ? 900 : 1060}
          open={open}
          more={{ has: list.next !== null && !list.paused, loading: list.loading, load: store.more }}
          footer={<Paused list={list} store={store} />}
        />
      </div>
    </>
  );
}

function useChoice(rows: readonly Run[]) {
  const [selection, select] = useState(NONE);
  const order = useMemo(() => rows.map((run) => run.id), [rows]);
  const latest = useRef(order);
  latest.current = order;
  const choice = useMemo<Choice>(
    () => ({
      has: (id) => selection.ids.has(id),
      turn: (id, shift) => select((before) => toggled(before, latest.current, id, shift)),
      all: selection.ids.size > 0 && latest.current.every((id) => selection.ids.has(id)),
      some: selection.ids.size > 0,
      turnAll: () => select((before) => allToggled(before, latest.current)),
    }),
    [selection],
  );
  const selected = useMemo(() => rows.filter((run) => selection.ids.has(run.id)), [rows, selection]);
  const clear = useCallback(() => select(NONE), []);
  return { selected, choice, clear };
}

const TOP_PX = 4;

/** Tells the store whether new rows may come in at the top: not while one reads further down, or chooses rows. */
function useTop(store: RunStore, choosing: boolean) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const look = () => {
      const scroller = frame.current?.querySelector('.vtable');
      store.setAtTop(!choosing && (scroller?.scrollTop ?? 0) <= TOP_PX);
    };
    look();
    const at = frame.current;
    at?.addEventListener('scroll', look, { capture: true, passive: true });
    return () => at?.removeEventListener('scroll', look, { capture: true });
  });
  return frame;
}

type NewRunsProps = { list: RunList; show: () => void; frame: React.RefObject<HTMLDivElement | null> };

function NewRuns({ list: { fresh, behind }, show, frame }: NewRunsProps) {
  const many = fresh.length;
  const text = behind ? 'Many new runs' : `${many.toLocaleString('en')} new ${many === 1 ? 'run' : 'runs'}`;
  return (
    <div className="runs-new" role="status">
      {(many > 0 || behind) && (
        <Button
          size="compact-sm"
          className="cta"
          leftSection={<Icon name="up" size={14} strokeWidth={2.4} />}
          onClick={() => {
            show();
            frame.current?.querySelector('.vtable')?.scrollTo({ top: 0 });
          }}
        >
          {text}
        </Button>
      )}
    </div>
  );
}

function Paused({ list, store }: { list: RunList; store: RunStore }) {
  if (list.error)
    return (
      <div className="runs-more">
        <ErrorBox error={list.error} retry={store.goOn} />
      </div>
    );
  const last = list.rows.at(-1);
  if (!list.paused || !last) return null;
  return (
    <p className="vtable-more">
      No further run fits for a long way back.{' '}
      <Button size="compact-sm" variant="default" onClick={store.goOn}>
        Look further back
      </Button>
    </p>
  );
}

function NoRows({ list, store, filters, filter, ofFlow }: ListedProps & { list: RunList }) {
  if (list.error) return <ErrorBox error={list.error} retry={store.goOn} />;
  if (list.paused)
    return (
      <Empty
        icon="search"
        title="No run fits so far"
        action={
          <Button variant="default" onClick={store.goOn}>
            Look further back
          </Button>
        }
      >
        The newest runs were looked through; older ones may fit.
      </Empty>
    );
  if (list.loading || list.next !== null) return <Looking list={list} store={store} />;
  if (isFiltered(filters, ofFlow ? undefined : filters.flow)) return <NoFit filters={filters} filter={filter} />;
  return (
    <Empty icon="run" title="No runs yet">
      {ofFlow
        ? 'A run appears here as soon as a trigger starts this flow, or somebody starts it by hand in the Registrations tab.'
        : 'A run appears here as soon as a trigger starts a flow, or somebody starts one by hand.'}
    </Empty>
  );
}

/** Parts without a match are passed over until one has some. */
function Looking({ list, store }: { list: RunList; store: RunStore }) {
  useEffect(() => {
    if (!list.loading) store.more();
  }, [list, store]);
  return <Loading lines={9} label="Loading runs" />;
}

const NO_FILTERS: RunFilters = {
  workspace: undefined,
  slot: undefined,
  version: undefined,
  status: undefined,
  from: undefined,
  to: undefined,
  text: undefined,
};

function NoFit({ filters, filter }: Pick<Props, 'filters' | 'filter'>) {
  const since = filters.from && !Number.isNaN(Date.parse(filters.from)) ? filters.from : undefined;
  return (
    <Empty
      icon="search"
      title="No run fits"
      action={
        <Button variant="default" onClick={() => filter({ ...NO_FILTERS, flow: undefined })}>
          Clear all filters
        </Button>
      }
    >
      {since ? (
        <>
          Nothing that fits was accepted since <ExactTime at={since} />.
        </>
      ) : (
        'Take a filter away, or look at a longer time.'
      )}
    </Empty>
  );
}
