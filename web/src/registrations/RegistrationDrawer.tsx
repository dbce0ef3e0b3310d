// One registration in a drawer: what it runs and why, and everything that can be changed of it.
import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { registrationQuery } from '../api/queries';
import { SlotBadge } from '../components/SlotBadge';
import { ErrorBox, Loading } from '../components/States';
import { TimeAgo } from '../components/Time';
import { useFlow } from '../flow/FlowContext';
import { ActiveSection } from './ActiveSection';
import { ConfigSection } from './ConfigSection';
import { ConnectionsSection } from './ConnectionsSection';
import { type Registration, useNeeds } from './queries';
import { RemoveSection } from './RemoveSection';
import { SlotSection } from './SlotSection';
import { StartSection } from './StartSection';
import { WebhookSection } from './WebhookSection';

type Props = { ws: string; close: () => void };

export function RegistrationDrawer({ ws, close }: Props) {
  const { flow } = useFlow();
  const { data, error, isPending, refetch } = useQuery(registrationQuery(flow.slug, ws));
  return (
    <Drawer opened onClose={close} position="right" size={560} title={<strong>{data?.workspace_name ?? ws}</strong>}>
      {isPending && <Loading label="Loading the registration" />}
      {error && <ErrorBox error={error} retry={() => void refetch()} />}
      {data && <Sections registration={data} close={close} />}
    </Drawer>
  );
}

function Sections({ registration, close }: { registration: Registration; close: () => void }) {
  const needs = useNeeds(registration);
  const key = `${registration.workspace} ${needs.version}`;
  return (
    <div className="registration">
      <Facts registration={registration} />
      <SlotSection registration={registration} />
      <ActiveSection registration={registration} />
      {needs.error ? <ErrorBox error={needs.error} /> : null}
      {needs.definition && <ConfigSection key={`config ${key}`} registration={registration} needs={needs} />}
      {needs.definition && <ConnectionsSection key={`bind ${key}`} registration={registration} needs={needs} />}
      {registration.webhook && <WebhookSection registration={registration} webhook={registration.webhook} />}
      {needs.definition && <StartSection key={`start ${key}`} registration={registration} needs={needs} />}
      <RemoveSection registration={registration} done={close} />
    </div>
  );
}

function Facts({ registration: row }: { registration: Registration }) {
  const { flow } = useFlow();
  const at = { flow: flow.slug };
  return (
    <section>
      <dl className="registration-facts">
        <dt>Workspace</dt>
        <dd>
          <span className="mono">{row.workspace}</span>
          {row.customer && ` · ${row.customer}`}
        </dd>
        <dt>Runs</dt>
        <dd>
          <Runs registration={row} />
        </dd>
        <dt>Runs of 24 h</dt>
        <dd>
          {row.runs_24h.success + row.runs_24h.failed}
          {row.runs_24h.failed > 0 && <span className="bad">, {row.runs_24h.failed} failed</span>}
          {row.last_run ? ', last ' : ', none ever'}
          {row.last_run && <TimeAgo at={row.last_run.queued_at} />}
        </dd>
        {row.next_tick && (
          <>
            <dt>Starts next</dt>
            <dd>
              <TimeAgo at={row.next_tick} />
            </dd>
          </>
        )}
        <dt>Registered</dt>
        <dd>
          <TimeAgo at={row.since} />
        </dd>
      </dl>
      <p className="registration-links">
        <Link className="link" to="/flows/$flow" params={at} search={{ workspace: row.workspace }}>
          Open the flow in this workspace
        </Link>
        <Link className="link" to="/runs" search={{ flow: flow.slug, workspace: row.workspace }}>
          Runs here
        </Link>
        <Link className="link" to="/workspaces/$workspace" params={{ workspace: row.workspace }}>
          The workspace
        </Link>
      </p>
    </section>
  );
}

function Runs({ registration: row }: { registration: Registration }) {
  if (row.resolved_version === null)
    return (
      <>
        <SlotBadge slot="none" /> It looks to {row.slot}, which is empty (R7).
      </>
    );
  const slot = row.fallback ? 'staging' : row.slot;
  return <SlotBadge slot={slot} version={row.resolved_version} fallback={row.fallback} />;
}
