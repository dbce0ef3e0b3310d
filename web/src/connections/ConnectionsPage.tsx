// The connections of a workspace: how its flows reach outside systems. Secrets are written and never read back.
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api, must, type S } from '../api/client';
import { connectionsQuery } from '../api/queries';
import { Confirm } from '../components/Confirm';
import { Icon } from '../components/icons';
import { Page } from '../components/Page';
import { SearchInput } from '../components/SearchInput';
import { Empty, ErrorBox, Loading } from '../components/States';
import { TimeAgo } from '../components/Time';
import { type Column, VirtualTable } from '../components/VirtualTable';
import { WorkspaceSelect } from '../components/WorkspaceSelect';
import { ConnectionDialog } from './ConnectionDialog';
import { authWord, type Settings } from './settings_form';

type Connection = S['ConnectionAnswer'];
type Open = { dialog: 'new' } | { dialog: 'change' | 'delete'; connection: Connection };

export function ConnectionsPage() {
  const { workspace, text } = useSearch({ from: '/shell/connections' });
  const navigate = useNavigate({ from: '/connections' });
  const [open, setOpen] = useState<Open>();
  const filter = (change: { workspace?: string; text?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page
      title="Connections"
      lead="How the flows of one workspace reach outside systems"
      actions={
        <Button
          className="cta"
          leftSection={<Icon name="plus" size={16} />}
          disabled={!workspace}
          onClick={() => setOpen({ dialog: 'new' })}
        >
          New connection
        </Button>
      }
    >
      <div className="fill">
        <div className="filters">
          <WorkspaceSelect value={workspace} onChange={(to) => filter({ workspace: to })} none="Choose a workspace" />
          <SearchInput label="Search connections" value={text} onChange={(to) => filter({ text: to })} />
        </div>
        {workspace ? (
          <Connections workspace={workspace} text={text} open={setOpen} />
        ) : (
          <Empty icon="connection" title="Choose a workspace">
            Connections belong to one workspace: no customer's secrets can be used in another's.
          </Empty>
        )}
      </div>
      {workspace && open && <Dialog open={open} workspace={workspace} close={() => setOpen(undefined)} />}
    </Page>
  );
}

type ListProps = { workspace: string; text: string | undefined; open: (what: Open) => void };

function Connections({ workspace, text, open }: ListProps) {
  const { data, error, isPending, refetch } = useQuery(connectionsQuery(workspace));
  const columns = useMemo(() => columnsOf(open), [open]);
  if (isPending) return <Loading label="Loading connections" />;
  if (error) return <ErrorBox error={error} retry={() => void refetch()} />;
  if (data.length === 0)
    return (
      <Empty
        icon="connection"
        title="No connections in this workspace"
        action={<Button onClick={() => open({ dialog: 'new' })}>New connection</Button>}
      >
        A registration binds the names that its flow's definition uses to connections of its workspace.
      </Empty>
    );
  const rows = data.filter((row) => row.slug.includes((text ?? '').trim().toLowerCase()));
  if (rows.length === 0) return <Empty icon="search" title="No connection fits" />;
  return (
    <VirtualTable
      label="Connections"
      rows={rows}
      columns={columns}
      rowKey={(row) => row.slug}
      open={(connection) => open({ dialog: 'change', connection })}
    />
  );
}

function columnsOf(open: (what: Open) => void): Column<Connection>[] {
  return [
    {
      key: 'slug',
      title: 'Name',
      width: 'minmax(140px, 1fr)',
      cell: (row) => <span className="mono">{row.slug}</span>,
    },
    { key: 'connector', title: 'Connector', width: '110px', cell: (row) => row.connector },
    { key: 'url', title: 'Base URL', width: 'minmax(200px, 2fr)', cell: (row) => (row.settings as Settings).base_url },
    { key: 'auth', title: 'Sign-in', width: '160px', cell: (row) => authWord((row.settings as Settings).auth?.kind) },
    { key: 'updated', title: 'Changed', width: '130px', cell: (row) => <TimeAgo at={row.updated_at} /> },
    {
      key: 'acts',
      title: <span className="sr-only">Actions</span>,
      width: '60px',
      cell: (row) => (
        <Tooltip label="Delete">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Delete ${row.slug}`}
            onClick={() => open({ dialog: 'delete', connection: row })}
          >
            <Icon name="trash" size={16} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
}

function Dialog({ open, workspace, close }: { open: Open; workspace: string; close: () => void }) {
  const client = useQueryClient();
  if (open.dialog === 'new') return <ConnectionDialog workspace={workspace} close={close} />;
  if (open.dialog === 'change')
    return <ConnectionDialog workspace={workspace} connection={open.connection} close={close} />;
  const path = { ws: workspace, connection: open.connection.slug };
  const remove = async () => {
    await must(api.DELETE('/workspaces/{ws}/connections/{connection}', { params: { path } }));
    await client.invalidateQueries({ queryKey: ['connections', workspace] });
  };
  return (
    <Confirm title={`Delete ${open.connection.slug}`} act="Delete connection" does={remove} close={close}>
      Its secret is gone with it. Flows that are bound to it fail at their next request.
    </Confirm>
  );
}
