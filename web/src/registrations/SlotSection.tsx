// Puts one workspace on staging or back on main (R10); nothing else moves.
import { Button, Group } from '@mantine/core';
import { said } from '../components/notices';
import { SlotIcon } from '../components/SlotBadge';
import { useFlow } from '../flow/FlowContext';
import { type Registration, usePutOnSlot } from './queries';
import { Refusal } from './Refusal';

const SLOTS = ['staging', 'main'] as const;
const WORDS = { staging: 'staging', main: 'main' } as const;

export function SlotSection({ registration }: { registration: Registration }) {
  const { flow } = useFlow();
  const put = usePutOnSlot(registration.workspace);
  const name = registration.workspace_name;
  return (
    <section aria-labelledby="registration-slot">
      <h3 id="registration-slot">Slot</h3>
      <p className="quiet">Chooses what this workspace runs from the next trigger on. No other workspace moves.</p>
      <Group gap="xs">
        {SLOTS.map((slot) => (
          <Button
            key={slot}
            variant="default"
            size="sm"
            leftSection={<SlotIcon slot={slot} size={16} />}
            disabled={registration.slot === slot}
            loading={put.isPending && put.variables === slot}
            onClick={() => put.mutate(slot, { onSuccess: () => said(`${name} is on ${WORDS[slot]} now.`) })}
          >
            {registration.slot === slot ? `On ${WORDS[slot]}` : `Put on ${WORDS[slot]}`}
            {flow[slot] ? ` (v${flow[slot].number})` : ' (empty)'}
          </Button>
        ))}
      </Group>
      {put.error && <Refusal error={put.error} />}
    </section>
  );
}
