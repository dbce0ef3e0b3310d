// The other customer workspaces that a promotion moves (R6), however many: where each stands now, and where it will.
import { TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { S } from '../api/client';
import { Icon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { type Column, VirtualTable } from '../components/VirtualTable';

type Other = S['OtherWorkspaceAnswer'];
const ROW = 38;
const MOST_SHOWN = 6;
const SEARCHED_FROM = 8;

export function AffectedList({ list, to }: { list: readonly Other[]; to: number }) {
  const [text, setText] = useState('');
  const found = useMemo(() => {
    const word = text.trim().toLowerCase();
    return word ? list.filter((each) => `${each.workspace} ${each.customer ?? ''}`.toLowerCase().includes(word)) : list;
  }, [list, text]);
  const columns: Column<Other>[] = [
    { key: 'workspace', title: 'Workspace', width: 'minmax(130px, 2fr)', cell: (row) => row.workspace },
    {
      key: 'customer',
      title: 'Customer',
      width: 'minmax(110px, 1.5fr)',
      cell: (row) => row.customer ?? <span className="quiet">none</span>,
    },
    { key: 'now', title: 'Runs now', width: '150px', cell: (row) => <Now row={row} /> },
    { key: 'then', title: 'Afterwards', width: '120px', cell: () => <SlotBadge slot="main" version={to} /> },
  ];
  return (
    <>
      {list.length >= SEARCHED_FROM && (
        <TextInput
          size="xs"
          mb={6}
          leftSection={<Icon name="search" size={14} />}
          aria-label="Find a workspace or customer"
          placeholder="Find a workspace or customer"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div className="affected" style={{ height: 42 + ROW * Math.min(MOST_SHOWN, Math.max(1, found.length)) }}>
        <VirtualTable
          label="Other customer workspaces"
          rows={found}
          columns={columns}
          rowKey={(row) => row.workspace}
          rowHeight={ROW}
        />
      </div>
    </>
  );
}

function Now({ row }: { row: Other }) {
  return (
    <span className="affected-now">
      <SlotBadge slot={row.slot} version={row.version} />
      {!row.active && <span className="version-mark">Inactive</span>}
    </span>
  );
}
