// Promote to main (R4, R11): can be used when the staged version is on display and all is saved; otherwise it says why.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { planQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { useFlow } from './FlowContext';
import { PromoteDialog } from './PromoteDialog';
import { WhyNot } from './WhyNot';
import { useWork } from './Work';
import { whyNot } from './words';

/** Why the version on display cannot be promoted now; null when it can. */
export function useWhyNoPromotion(): string | null {
  const { flow, workspace, shown, asked } = useFlow();
  const { editor } = useWork();
  const staged = flow.staging?.number ?? null;
  const here = staged !== null && staged === shown && workspace !== '';
  const plan = useQuery({ ...planQuery(flow.slug, workspace), enabled: here });
  if (staged === null) return whyNot('nothing_staged');
  if (editor.dirty && !asked) return 'There are unsaved changes. Only what is saved and staged can be promoted.';
  if (!here)
    return `Version ${staged} is staged, and ${shown === null ? 'none' : `v${shown}`} is on display. Open the staged version from History.`;
  if (editor.dirty) return 'There are unsaved changes in this workspace. Save or revert them first.';
  if (plan.isPending) return 'Looking whether it can be promoted…';
  if (plan.error) return plan.error.message;
  const reason = plan.data.reasons[0];
  // what does not fit is listed in the dialog, which then promotes nothing
  return reason === undefined || reason === 'validation_failed' ? null : whyNot(reason);
}

export function PromoteButton() {
  const [opened, setOpened] = useState(false);
  const why = useWhyNoPromotion();
  return (
    <>
      <WhyNot why={why}>
        {(off) => (
          <Button
            size="xs"
            className="promote"
            leftSection={<Icon name="crown" size={15} />}
            onClick={() => !why && setOpened(true)}
            {...off}
          >
            Promote to main
          </Button>
        )}
      </WhyNot>
      <PromoteDialog opened={opened} close={() => setOpened(false)} />
    </>
  );
}
