// One workspace: its facts, the flows that run there, its connections.
import { Anchor, Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { api, must, type S } from '../api/client';
import { connectionsQuery, workspaceQuery } from '../api/queries';
import { Confirm } from '../components/Confirm';
import { Page } from '../components/Page';
import { SlotBadge } from '../components/SlotBadge';
import { Empty, ErrorBox, Loading } from '../components/States';
import { ExactTime } from '../components/Time';
import { kindWord, WorkspaceDialog } from './WorkspaceDialog';
import './workspaces.css';

type Workspace = S['WorkspaceAnswer'];
const FLOWS_SHOWN = 20;

export function WorkspacePage() {
  const { workspace: slug } = useParams({ from: '/shell/workspaces/$workspace' });
  const { data, error, isPending, refetch } = useQuery(workspaceQuery(slug));
  const [dialog, setDialog] = useState<'change' | 'delete'>();
  if (isPending) return <Loading label="Loading the workspace" />;
  if (error)
    return (
      <div className="lone">
        <ErrorBox error={error} retry={() => void refetch()} />
      </div>
    );
  return (
    <Page
      title={data.name}
      lead={<Anchor component={Link} to="/workspaces" inherit>{`All workspaces`}</Anchor>}
      actions={
        <>
          <Button variant="default" onClick={() => setDialog('change')}>
            Change
          </Button>
          <Button variant="default" onClick={() => setDialog('delete')}>
            Delete
          </Button>
        </>
      }
    >
      <dl className="facts">
        <Fact name="Slug">
          <span className="mono">{data.slug}</span>
        </Fact>
        <Fact name="Customer">{data.customer ?? <span className="quiet">none</span>}</Fact>
        <Fact name="Kind">{kindWord(data.kind)}</Fact>
        <Fact name="Created">
          <ExactTime at={data.created_at} />
        </Fact>
      </dl>
      <WorkspaceFlows slug={slug} />
      <WorkspaceConnections slug={slug} />
      {dialog === 'change' && <WorkspaceDialog workspace={data} close={() => setDialog(undefined)} />}
      {dialog === 'delete' && <DeleteDialog workspace={data} close={() => setDialog(undefined)} />}
    </Page>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function WorkspaceFlows({ slug }: { slug: string }) {
  const { data, error, isPending } = useQuery({
    queryKey: ['flows', 'of', slug],
    queryFn: () => must(api.GET('/flows', { params: { query: { workspace: slug, limit: FLOWS_SHOWN } } })),
  });
  return (
    <section className="part" aria-labelledby="flows-here">
      <h2 id="flows-here">Flows</h2>
      {isPending && <Loading lines={3} />}
      {error && <ErrorBox error={error} />}
      {data?.items.length === 0 && (
        <Empty icon="flow" title="No flow is registered here">
          Open a flow's Registrations tab and register it to this workspace.
        </Empty>
      )}
      <ul className="part-list">
        {data?.items.map((flow) => (
          <li key={flow.slug}>
            <Link to="/flows/$flow" params={{ flow: flow.slug }} search={{ workspace: slug }}>
              {flow.name}
            </Link>
            <SlotBadge
              slot={flow.running_on}
              version={flow.running_on === 'none' ? undefined : flow[flow.running_on]?.number}
              fallback={flow.fallback}
            />
            {!flow.active && <span className="quiet">Inactive</span>}
          </li>
        ))}
      </ul>
      {data?.next && (
        <Link to="/flows" search={{ workspace: slug }}>
          All flows of this workspace
        </Link>
      )}
    </section>
  );
}

function WorkspaceConnections({ slug }: { slug: string }) {
  const { data, error, isPending } = useQuery(connectionsQuery(slug));
  return (
    <section className="part" aria-labelledby="connections-here">
      <h2 id="connections-here">Connections</h2>
      {isPending && <Loading lines={2} />}
      {error && <ErrorBox error={error} />}
      {data?.length === 0 && <p className="quiet">None yet: flows that talk to other systems need one.</p>}
      <ul className="part-list">
        {data?.map((each) => (
          <li key={each.slug}>
            <span className="mono">{each.slug}</span>
            <span className="quiet">{each.connector}</span>
          </li>
        ))}
      </ul>
      <Link to="/connections" search={{ workspace: slug }}>
        Connections of this workspace
      </Link>
    </section>
  );
}

function DeleteDialog({ workspace, close }: { workspace: Workspace; close: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    await must(api.DELETE('/workspaces/{ws}', { params: { path: { ws: workspace.slug } } }));
    await navigate({ to: '/workspaces' });
    await client.invalidateQueries({ queryKey: ['workspaces'] });
  };
  return (
    <Confirm
      title={`Delete ${workspace.name}`}
      act="Delete workspace"
      typed={workspace.slug}
      does={remove}
      close={close}
    >
      Its connections and their secrets are deleted with it. It is refused while flows are registered here.
    </Confirm>
  );
}
