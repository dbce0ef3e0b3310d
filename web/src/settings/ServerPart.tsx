// What the server keeps and for how long, and whether a restored one is still held back.
import { Anchor, Button, Checkbox, Group, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, must, onceOnly, type S } from '../api/client';
import { quarantineQuery, retentionQuery } from '../api/queries';
import { Confirm } from '../components/Confirm';
import { said } from '../components/notices';
import { ErrorBox, Loading } from '../components/States';
import { ExactTime } from '../components/Time';

const days = (count: number) => (count === 0 ? 'for ever' : `${count} days`);

export function ServerPart() {
  const kept = useQuery(retentionQuery());
  const quarantine = useQuery(quarantineQuery());
  return (
    <section aria-labelledby="server-title">
      <h2 id="server-title">Server</h2>
      {(kept.isPending || quarantine.isPending) && <Loading lines={3} label="Loading the server's state" />}
      {kept.error && <ErrorBox error={kept.error} />}
      {quarantine.error && <ErrorBox error={quarantine.error} />}
      {quarantine.data?.on && <Quarantine found={quarantine.data} />}
      {kept.data && (
        <p>
          What started a run and what its steps did is kept {days(kept.data.keep_payloads)}, the run itself{' '}
          {days(kept.data.keep_runs)}
          {kept.data.most_runs > 0 && `, at most ${kept.data.most_runs} runs of each registration`}. The settings{' '}
          <code>FLOWSLOT_KEEP_PAYLOADS</code> and <code>FLOWSLOT_KEEP_RUNS</code> say so.
        </p>
      )}
      <p>
        <Anchor href="/metrics" target="_blank" rel="noreferrer">
          Metrics
        </Anchor>{' '}
        ·{' '}
        <Anchor href="/health/ready" target="_blank" rel="noreferrer">
          Health
        </Anchor>{' '}
        ·{' '}
        <Anchor href="/api/docs" target="_blank" rel="noreferrer">
          API reference
        </Anchor>
      </p>
    </section>
  );
}

function Quarantine({ found }: { found: S['QuarantineAnswer'] }) {
  const [asking, setAsking] = useState(false);
  const [cancel, setCancel] = useState(false);
  const client = useQueryClient();
  const open = found.open_runs.queued + found.open_runs.running + found.open_runs.suspended;
  const release = async () => {
    await must(
      api.POST('/quarantine/end', { body: { open_runs: cancel ? 'cancel' : 'continue' }, headers: onceOnly() }),
    );
    await client.invalidateQueries();
    said('The server works again.');
  };
  return (
    <div className="error-box" role="status">
      <Stack gap={6}>
        <strong>This server was restored from a backup and is held back: it starts nothing and sends nothing.</strong>
        <span>
          {found.why} {found.since && <ExactTime at={found.since} />}. {open} runs would go on; {found.missed_ticks}{' '}
          schedules have passed their time.
        </span>
        <Group>
          <Button size="xs" onClick={() => setAsking(true)}>
            Let it work
          </Button>
        </Group>
      </Stack>
      {asking && (
        <Confirm title="Let the server work" act="Let it work" does={release} close={() => setAsking(false)}>
          <Stack>
            <p>Make sure that the server it was copied from is stopped: both would do the same work.</p>
            <Checkbox
              label={`Cancel the ${open} open runs instead of letting them go on`}
              checked={cancel}
              onChange={(event) => setCancel(event.target.checked)}
            />
          </Stack>
        </Confirm>
      )}
    </div>
  );
}
