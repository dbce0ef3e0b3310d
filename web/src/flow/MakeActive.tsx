// Make active here (R10): the flask puts this workspace on staging, the crown on main, and nothing else moves.
import { Button } from '@mantine/core';
import type { S } from '../api/client';
import { said } from '../components/notices';
import { SlotIcon } from '../components/SlotBadge';
import { useFlow } from './FlowContext';
import { makeActive } from './queries';
import { WhyNot } from './WhyNot';
import { useWork } from './Work';

export function MakeActive({ number }: { number: number }) {
  const { flow, workspace, registration, show } = useFlow();
  const { act, busy } = useWork();
  const slots = (['staging', 'main'] as const).filter((slot) => flow[slot]?.number === number);
  if (!registration) return null;
  const put = (slot: S['Slot']) =>
    act(
      {
        what: 'active',
        call: (expected_revision) => makeActive(flow.slug, workspace, { slot, expected_revision }),
      },
      () => {
        show(null);
        said(`${slot === 'main' ? 'Main' : 'Staging'} v${number} is active in ${workspace} now.`);
      },
    );
  return slots.map((slot) => {
    const word = slot === 'main' ? 'Main' : 'Staging';
    const why = registration.slot === slot ? `${word} is active in ${workspace} already.` : null;
    return (
      <WhyNot key={slot} why={why}>
        {(off) => (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<SlotIcon slot={slot} size={14} />}
            loading={busy === 'active'}
            onClick={() => !why && void put(slot)}
            {...off}
          >
            {slots.length > 1 ? `Make ${word} active here` : 'Make active here'}
          </Button>
        )}
      </WhyNot>
    );
  });
}
