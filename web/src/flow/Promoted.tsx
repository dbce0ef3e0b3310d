// After a promotion: what happened, and one step back (R17).
import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { S } from '../api/client';
import { Icon } from '../components/icons';
import { said } from '../components/notices';
import { SlotBadge } from '../components/SlotBadge';
import { useFlow } from './FlowContext';
import { undo } from './queries';
import { useWork } from './Work';
import { count } from './words';

type Made = S['PromotionAnswer'];

/** Gives every registration the slot it had before. */
export function useUndo() {
  const { flow, show } = useFlow();
  const work = useWork();
  const send = (made: Made, then: () => void) =>
    work.act(
      {
        what: 'undo',
        call: (revision) => undo(flow.slug, made.id, revision),
        revision: (answer) => answer.revision,
      },
      () => {
        show(null);
        said(`The promotion of version ${made.version} is undone: every workspace is where it was before.`);
        then();
      },
    );
  return { send, busy: work.busy === 'undo' };
}

export function Promoted({ promotion, close }: { promotion: Made; close: () => void }) {
  const { flow, workspace } = useFlow();
  const { send, busy } = useUndo();
  const { version, from_version: from, registrations } = promotion;
  return (
    <div className="plan">
      <p className="promoted">
        <SlotBadge slot="main" version={version} size="lg" />
      </p>
      <ul className="dialog-list">
        <li>
          Main {from === null ? 'was empty' : `was version ${from}`}, and is version {version} now. Staging is empty.
        </li>
        <li>
          {registrations
            ? `${count(registrations, 'workspace')} ${registrations === 1 ? 'runs' : 'run'} it from the next trigger on.`
            : 'No workspace has this flow yet; those that register it run this version.'}
        </li>
        <li>Undo gives every workspace back exactly the slot it had, for as long as no slot moves again.</li>
      </ul>
      <Group justify="flex-end" mt="md">
        <Button
          variant="default"
          leftSection={<Icon name="undo" size={15} />}
          loading={busy}
          onClick={() => void send(promotion, close)}
        >
          Undo the promotion
        </Button>
        {from !== null && (
          <Button
            variant="default"
            onClick={close}
            renderRoot={(props) => (
              <Link
                to="/flows/$flow/compare"
                params={{ flow: flow.slug }}
                search={{ workspace, from, to: version }}
                {...props}
              />
            )}
          >
            What changed
          </Button>
        )}
        <Button className="cta" onClick={close}>
          Done
        </Button>
      </Group>
    </div>
  );
}
