// Every promotion of the flow: what went to main, when and by whom, how many it moved, and the way back (R17).
import { Button, Group, Modal } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { S } from '../api/client';
import { Icon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { Empty, ErrorBox, Loading } from '../components/States';
import { TimeAgo } from '../components/Time';
import { type Column, VirtualTable } from '../components/VirtualTable';
import { useFlow } from '../flow/FlowContext';
import { useUndo } from '../flow/Promoted';
import './promotions.css';
import { promotionsQuery } from './queries';

type Promotion = S['PromotionAnswer'];

export function PromotionsPage() {
  const { flow, workspace } = useFlow();
  const found = useInfiniteQuery(promotionsQuery(flow.slug));
  const [undoing, setUndoing] = useState<Promotion | null>(null);
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data]);
  if (found.error && rows.length === 0) return <ErrorBox error={found.error} retry={() => void found.refetch()} />;
  if (found.isPending) return <Loading label="Loading promotions" />;
  if (rows.length === 0)
    return (
      <Empty icon="crown" title="Nothing was promoted yet">
        Deploy a version to staging, try it on real work in a few workspaces, then promote it to main: every workspace
        runs it from the next trigger on, and it is listed here.
      </Empty>
    );
  return (
    <div className="promotions">
      <VirtualTable
        label="Promotions, newest first"
        rows={rows}
        columns={columnsOf(flow.slug, workspace, setUndoing)}
        rowKey={(row) => row.id}
        more={{ has: found.hasNextPage, loading: found.isFetchingNextPage, load: () => void found.fetchNextPage() }}
      />
      {undoing && <UndoDialog promotion={undoing} close={() => setUndoing(null)} />}
    </div>
  );
}

function columnsOf(flow: string, workspace: string, undo: (row: Promotion) => void): Column<Promotion>[] {
  return [
    { key: 'version', title: 'Version', width: 'minmax(200px, 1.4fr)', cell: (row) => <Moved row={row} /> },
    {
      key: 'when',
      title: 'When',
      width: 'minmax(110px, 1fr)',
      cell: (row) => <TimeAgo at={row.at} />,
    },
    { key: 'actor', title: 'By', width: 'minmax(110px, 1fr)', cell: (row) => row.actor },
    {
      key: 'from',
      title: 'From workspace',
      width: 'minmax(120px, 1fr)',
      cell: (row) => row.workspace ?? <span className="quiet">not in sight</span>,
    },
    {
      key: 'moved',
      title: <span title="Workspaces that were moved to main">Moved</span>,
      width: '90px',
      numeric: true,
      cell: (row) => row.registrations?.toLocaleString('en') ?? '–',
    },
    {
      key: 'others',
      title: <span title="Other customer workspaces among them">Others</span>,
      width: '90px',
      numeric: true,
      cell: (row) => row.other_workspaces_count?.toLocaleString('en') ?? '–',
    },
    {
      key: 'compare',
      title: <span className="visually-hidden">Compare</span>,
      width: '90px',
      cell: (row) =>
        row.from_version !== null && (
          <Link
            to="/flows/$flow/compare"
            params={{ flow }}
            search={{ workspace, from: row.from_version, to: row.version }}
            aria-label={`Compare version ${row.from_version} with ${row.version}`}
          >
            Compare
          </Link>
        ),
    },
    { key: 'state', title: 'State', width: 'minmax(170px, 1.2fr)', cell: (row) => <State row={row} undo={undo} /> },
  ];
}

function Moved({ row }: { row: Promotion }) {
  return (
    <span className="promotions-moved">
      {row.from_version === null ? <span className="quiet">empty</span> : `v${row.from_version}`}
      <Icon name="right" size={13} />
      <SlotBadge slot="main" version={row.version} />
    </span>
  );
}

function State({ row, undo }: { row: Promotion; undo: (row: Promotion) => void }) {
  if (row.undone_at)
    return (
      <span className="quiet" title={`By ${row.undone_by}`}>
        <Icon name="undo" size={13} className="promotions-sign" /> Undone <TimeAgo at={row.undone_at} /> by{' '}
        {row.undone_by}
      </span>
    );
  if (!row.can_undo)
    return (
      <span className="quiet" title="A slot has moved since. Restore an earlier version from History instead.">
        Done
      </span>
    );
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<Icon name="undo" size={13} />}
      aria-label={`Undo the promotion of version ${row.version}`}
      onClick={() => undo(row)}
    >
      Undo
    </Button>
  );
}

function UndoDialog({ promotion, close }: { promotion: Promotion; close: () => void }) {
  const { send, busy } = useUndo();
  const { version, from_version: from } = promotion;
  return (
    <Modal opened onClose={close} title={`Undo the promotion of version ${version}`} size="md">
      <ul className="dialog-list">
        <li>
          Main is {from === null ? 'empty' : `version ${from}`} again; version {version} is on staging again.
        </li>
        <li>Every workspace gets back exactly the slot it had before.</li>
        {from === null && <li>Workspaces that were on main run nothing until a version is promoted.</li>}
        <li>Runs that have begun end on the version they began with.</li>
      </ul>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          color="red"
          leftSection={<Icon name="undo" size={15} />}
          loading={busy}
          onClick={() => void send(promotion, close)}
        >
          Undo the promotion
        </Button>
      </Group>
    </Modal>
  );
}
