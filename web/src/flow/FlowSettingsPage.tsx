// A flow's own settings: name, visibility, where it is at home, how it is triggered here, its text as a file, its end.
import { Button, Radio, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { DeleteFlow } from './DeleteFlow';
import { ExportButton } from './ExportButton';
import { useFlow } from './FlowContext';
import { changeFlow } from './queries';
import './settings.css';
import { TriggerFacts } from './TriggerFacts';

export function FlowSettingsPage() {
  const { flow } = useFlow();
  return (
    <div className="flow-settings">
      <General key={`${flow.name} ${flow.visibility}`} />
      <TriggerFacts />
      <section aria-labelledby="export">
        <h2 id="export">Export</h2>
        <p className="quiet">The version on display as a YAML file, as the command line reads and writes it.</p>
        <ExportButton />
      </section>
      <DeleteFlow />
    </div>
  );
}

function General() {
  const { flow } = useFlow();
  const client = useQueryClient();
  const [name, setName] = useState(flow.name);
  const [visibility, setVisibility] = useState(flow.visibility);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const changed = name.trim() !== flow.name || visibility !== flow.visibility;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await changeFlow(flow.slug, { name: name.trim(), visibility });
      said('The flow’s settings are saved.');
      await client.invalidateQueries({ queryKey: ['flow', flow.slug] });
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="general">
      <h2 id="general">General</h2>
      <form onSubmit={(event) => void save(event)}>
        <TextInput
          label="Name"
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <dl className="facts">
          <dt>Address</dt>
          <dd className="mono">{flow.slug}</dd>
          <dt>Home workspace</dt>
          <dd>{flow.home_workspace ?? <span className="quiet">not in sight</span>}</dd>
          <dt>Registered in</dt>
          <dd>{flow.registrations.toLocaleString('en')} workspaces</dd>
        </dl>
        <Radio.Group
          label="Visibility"
          value={visibility}
          onChange={(value) => setVisibility(value as typeof visibility)}
        >
          <Radio
            value="shared"
            label="Shared"
            description="It can be registered in every workspace of the account."
            mt={8}
          />
          <Radio
            value="private"
            label="Private"
            description="It stays in its home workspace. Refused while other workspaces have it."
            mt={8}
          />
        </Radio.Group>
        {error !== null && <ErrorBox error={error} />}
        <Button type="submit" className="cta" size="sm" disabled={!changed || !name.trim()} loading={busy}>
          Save settings
        </Button>
      </form>
    </section>
  );
}
