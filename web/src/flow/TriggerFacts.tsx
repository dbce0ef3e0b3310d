// How the flow is started in the workspace looked at: its webhook's addresses, its next tick.
import { ActionIcon, CopyButton } from '@mantine/core';
import { Icon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { TimeAgo } from '../components/Time';
import { useFlow } from './FlowContext';

export function TriggerFacts() {
  const { registration, workspace } = useFlow();
  if (!registration) return null;
  const { webhook, webhook_secret_set: secret, next_tick: tick, active } = registration;
  return (
    <section aria-labelledby="trigger">
      <h2 id="trigger">How it starts in {workspace}</h2>
      {!webhook && !tick && (
        <p className="quiet">No webhook and no schedule here: it is started by hand, by an event, or by other flows.</p>
      )}
      {!active && <p>It is inactive: no trigger starts it until it is switched on in the Registrations tab.</p>}
      {webhook && (
        <>
          <p className="quiet">
            Whoever knows an address can start the flow. {secret ? 'Senders sign with a secret.' : 'No secret is set.'}
          </p>
          <dl className="facts">
            <dt>Webhook</dt>
            <dd>
              <Address text={webhook.main} label="webhook address" />
            </dd>
            <dt>
              <SlotBadge slot="staging" />
            </dt>
            <dd>
              <Address text={webhook.staging} label="staging webhook address" />
            </dd>
          </dl>
        </>
      )}
      {tick && (
        <dl className="facts">
          <dt>Next tick</dt>
          <dd>
            <TimeAgo at={tick} />
          </dd>
        </dl>
      )}
    </section>
  );
}

function Address({ text, label }: { text: string; label: string }) {
  return (
    <span className="address">
      <code className="cut">{text}</code>
      <CopyButton value={new URL(text, window.location.origin).href}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" size="sm" onClick={copy} aria-label={`Copy the ${label}`}>
            <Icon name={copied ? 'check' : 'copy'} size={14} />
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
