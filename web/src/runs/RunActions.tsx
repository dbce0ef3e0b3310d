// What can be done with a run: cancel it, run it again, take its input for a test.
import { Button, Group, Modal, Radio, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Confirm } from '../components/Confirm';
import { Icon } from '../components/icons';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { isOpen, type Run } from '../editor/records';
import { Version } from './BulkBar';
import { cancelRun, rerun } from './queries';

type Props = { run: Run; fromStep: string | null };

export function RunActions({ run, fromStep }: Props) {
  const [asked, ask] = useState<'cancel' | 'rerun' | null>(null);
  const close = () => ask(null);
  return (
    <div className="run-actions">
      {isOpen(run) && (
        <Button variant="default" size="sm" leftSection={<Icon name="stop" size={15} />} onClick={() => ask('cancel')}>
          Cancel
        </Button>
      )}
      {!run.payload_removed_at && (
        <Button
          variant="default"
          size="sm"
          component={Link}
          to="/flows/$flow"
          params={{ flow: run.flow } as never}
          search={{ workspace: run.workspace, run: run.id } as never}
          leftSection={<Icon name="run" size={15} />}
          title="Opens the flow's editor with this run's input, to try a change on it"
        >
          Use as test input
        </Button>
      )}
      <Button
        className="cta"
        size="sm"
        leftSection={<Icon name="rerun" size={15} />}
        disabled={run.payload_removed_at !== undefined}
        title={run.payload_removed_at ? 'Its input was removed: it cannot be run again.' : undefined}
        onClick={() => ask('rerun')}
      >
        Rerun…
      </Button>
      {asked === 'cancel' && <CancelDialog run={run} close={close} />}
      {asked === 'rerun' && <RerunDialog run={run} fromStep={fromStep} close={close} />}
    </div>
  );
}

function CancelDialog({ run, close }: { run: Run; close: () => void }) {
  const client = useQueryClient();
  return (
    <Confirm
      title="Cancel this run"
      act="Cancel the run"
      does={async () => {
        client.setQueryData(['run', run.id], await cancelRun(run.id));
        said('The run is canceled, or will be before its next effect.');
      }}
      close={close}
    >
      One that waits ends now; one that is being worked on ends before its next effect. What it has done stays done;
      runs that it called and waits for are canceled with it.
    </Confirm>
  );
}

function RerunDialog({ run, fromStep, close }: Props & { close: () => void }) {
  const navigate = useNavigate();
  const [version, setVersion] = useState<'same' | 'current'>('same');
  const [from, setFrom] = useState<'start' | 'step'>('start');
  const doing = useMutation({
    mutationFn: () => rerun(run.id, { version, from_step: from === 'step' ? fromStep : null }),
    onSuccess: (next) => {
      close();
      said('It runs again; this is the new run.', {
        label: 'Back to the earlier one',
        do: () => void navigate({ to: '/runs/$run', params: { run: run.id } }),
      });
      void navigate({ to: '/runs/$run', params: { run: next.id } });
    },
  });
  return (
    <Modal opened onClose={close} title="Run again with the same input">
      <Stack>
        <Version version={version} setVersion={setVersion} />
        <Radio.Group label="From where" value={from} onChange={(to) => setFrom(to === 'step' ? 'step' : 'start')}>
          <Stack gap={8} mt={6}>
            <Radio value="start" label="From the start" />
            <Radio
              value="step"
              disabled={fromStep === null}
              label={fromStep === null ? 'From a step' : `From the selected step, ${fromStep}`}
              description={
                fromStep === null ? 'Select a step first.' : 'What was done before it is kept and not done again.'
              }
            />
          </Stack>
        </Radio.Group>
        {doing.error && <ErrorBox error={doing.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Leave it
          </Button>
          <Button className="cta" loading={doing.isPending} onClick={() => doing.mutate()}>
            Run again
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
