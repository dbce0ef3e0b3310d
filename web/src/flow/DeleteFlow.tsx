// Deleting a flow: what goes with it, its name typed as the confirmation, and the reason when it is refused.
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Icon } from '../components/icons';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { useFlow } from './FlowContext';
import { deleteFlow } from './queries';
import { useWork } from './Work';
import { count } from './words';

export function DeleteFlow() {
  const [opened, setOpened] = useState(false);
  return (
    <section aria-labelledby="delete">
      <h2 id="delete">Delete</h2>
      <p className="quiet">
        The flow, its versions and its ended runs are gone for good. What was done stays on record.
      </p>
      <Button
        size="sm"
        color="red"
        variant="outline"
        leftSection={<Icon name="trash" size={15} />}
        onClick={() => setOpened(true)}
      >
        Delete this flow…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Delete this flow" size="md">
        {opened && <Confirm close={() => setOpened(false)} />}
      </Modal>
    </section>
  );
}

function Confirm({ close }: { close: () => void }) {
  const { flow } = useFlow();
  const { editor } = useWork();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      await deleteFlow(flow.slug);
      said(`${flow.name} is deleted.`);
      editor.saved(editor.base ?? 0); // nothing is left that could be saved, and so nothing to ask when leaving
      await navigate({ to: '/flows', ignoreBlocker: true });
      client.removeQueries({ queryKey: ['flow', flow.slug] });
      await client.invalidateQueries({ queryKey: ['flows'] });
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === flow.slug) void send();
      }}
    >
      <p className="dialog-lead">
        {flow.registrations === 0
          ? 'No workspace has it.'
          : `${count(flow.registrations, 'workspace')} ${flow.registrations === 1 ? 'has' : 'have'} it, and will run it no more.`}
      </p>
      <TextInput
        data-autofocus
        label={`Type ${flow.slug} to confirm`}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {error !== null && <ErrorBox error={error} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" color="red" disabled={typed !== flow.slug} loading={busy}>
          Delete {flow.name}
        </Button>
      </Group>
    </form>
  );
}
