// What a line of the record shows.
import { Link } from '@tanstack/react-router';
import type { S } from '../api/client';
import { TimeAgo } from '../components/Time';
import type { Column } from '../components/VirtualTable';
import { aboutTexts, doneWord } from './words';

type Entry = S['AuditAnswer'];

export const activityColumns: Column<Entry>[] = [
  { key: 'at', title: 'When', width: '130px', cell: (row) => <TimeAgo at={row.at} /> },
  {
    key: 'actor',
    title: 'Who',
    width: 'minmax(110px, 1fr)',
    cell: (row) => <span title={row.actor}>{row.actor}</span>,
  },
  { key: 'action', title: 'Did', width: 'minmax(170px, 1.4fr)', cell: (row) => doneWord(row.action) },
  {
    key: 'flow',
    title: 'Flow',
    width: 'minmax(150px, 1.5fr)',
    cell: (row) =>
      row.flow && (
        <>
          <Link
            to="/flows/$flow"
            params={{ flow: row.flow }}
            search={{ workspace: row.workspace ?? undefined, v: row.version ?? undefined }}
          >
            {row.flow}
          </Link>
          {row.version !== null && <span className="quiet"> v{row.version}</span>}
        </>
      ),
  },
  {
    key: 'workspace',
    title: 'Workspace',
    width: 'minmax(120px, 1fr)',
    cell: (row) =>
      row.workspace && (
        <Link to="/workspaces/$workspace" params={{ workspace: row.workspace }}>
          {row.workspace}
        </Link>
      ),
  },
  {
    key: 'about',
    title: 'More',
    width: 'minmax(160px, 2fr)',
    cell: (row) => {
      const text = aboutTexts(row.about).join(' · ');
      return (
        <span className="quiet" title={text}>
          {text}
        </span>
      );
    },
  },
];
