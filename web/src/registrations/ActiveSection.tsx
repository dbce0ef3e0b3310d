// Switches a registration on or off (R20).
import { Switch } from '@mantine/core';
import { said } from '../components/notices';
import { type Registration, useChange } from './queries';
import { Refusal } from './Refusal';

export function ActiveSection({ registration }: { registration: Registration }) {
  const change = useChange(registration.workspace);
  const turn = (active: boolean) =>
    change.mutate(
      { active },
      { onSuccess: () => said(`${registration.workspace_name} is ${active ? 'active' : 'inactive'} now.`) },
    );
  return (
    <section>
      <Switch
        label="Active"
        description={
          registration.active
            ? 'Triggers start runs here. Inactive, it runs on no trigger and can only be test-run.'
            : 'No trigger starts a run here; it can only be test-run.'
        }
        checked={change.isPending ? (change.variables.active ?? registration.active) : registration.active}
        disabled={change.isPending}
        onChange={(event) => turn(event.target.checked)}
      />
      {change.error && <Refusal error={change.error} />}
    </section>
  );
}
