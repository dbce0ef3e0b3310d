// Where a registration takes webhooks, and the secret they are signed with.
import { Button, CopyButton, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, must, onceOnly } from '../api/client';
import { Icon } from '../components/icons';
import { SlotBadge } from '../components/SlotBadge';
import { useFlow } from '../flow/FlowContext';
import { type Registration, useStale } from './queries';
import { Refusal } from './Refusal';

type Props = { registration: Registration; webhook: NonNullable<Registration['webhook']> };

export function WebhookSection({ registration, webhook }: Props) {
  return (
    <section aria-labelledby="registration-webhook">
      <h3 id="registration-webhook">Webhook</h3>
      <p className="quiet">Whoever has an address can start runs: treat both as secrets.</p>
      <Address slot="main" says="runs what this workspace runs" url={webhook.main} />
      <Address slot="staging" says="always runs the staged version" url={webhook.staging} />
      <Secret registration={registration} />
    </section>
  );
}

function Address({ slot, says, url }: { slot: 'main' | 'staging'; says: string; url: string }) {
  return (
    <div className="registration-address">
      <span>
        {slot === 'main' ? <strong>Its own</strong> : <SlotBadge slot="staging" />}{' '}
        <span className="quiet">{says}</span>
      </span>
      <Copied text={url} name={slot === 'main' ? 'own address' : 'staging address'} />
    </div>
  );
}

function Copied({ text, name }: { text: string; name: string }) {
  return (
    <div className="registration-copied">
      <code>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<Icon name={copied ? 'check' : 'copy'} size={13} />}
            onClick={copy}
            aria-label={`${copied ? 'Copied' : 'Copy'}: ${name}`}
          >
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

function Secret({ registration }: { registration: Registration }) {
  const { flow } = useFlow();
  const stale = useStale();
  const [asked, setAsked] = useState(false);
  const path = { flow: flow.slug, ws: registration.workspace };
  const renew = useMutation({
    mutationFn: (_had: boolean) =>
      must(
        api.POST('/flows/{flow}/registrations/{ws}/webhook-secret', {
          params: { path },
          body: {},
          headers: onceOnly(),
        }),
      ),
    onSettled: () => {
      setAsked(false);
      stale();
    },
  });
  const set = registration.webhook_secret_set;
  if (renew.data)
    return (
      <div className="registration-secret" role="status">
        <strong>The new secret, shown this once:</strong>
        <Copied text={renew.data.secret} name="secret" />
        {renew.variables && (
          <p className="quiet">The secret before it stays valid beside it until the next one is made.</p>
        )}
      </div>
    );
  return (
    <div className="registration-secret">
      <span className="quiet">{set ? 'A secret to sign webhooks with is set.' : 'No secret is set yet.'}</span>
      {asked ? (
        <Group gap="xs">
          <Button size="xs" className="cta" loading={renew.isPending} onClick={() => renew.mutate(true)}>
            Yes, make a new secret
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsked(false)}>
            Cancel
          </Button>
        </Group>
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="key" size={14} />}
          loading={renew.isPending}
          onClick={() => (set ? setAsked(true) : renew.mutate(false))}
        >
          {set ? 'Rotate secret' : 'Make a secret'}
        </Button>
      )}
      {renew.error && <Refusal error={renew.error} />}
    </div>
  );
}
