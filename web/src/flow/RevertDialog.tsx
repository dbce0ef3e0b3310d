// Revert all changes (R12): says exactly what happens before it does.
import { Button, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { planQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { useFlow } from './FlowContext';
import { revert } from './queries';
import { useWork } from './Work';
import { count } from './words';

export function RevertDialog({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal opened={opened} onClose={close} title="Revert all changes" size="md">
      {opened && <Content close={close} />}
    </Modal>
  );
}

function Content({ close }: { close: () => void }) {
  const { flow, workspace, registration, newest, show } = useFlow();
  const work = useWork();
  const plan = useQuery(planQuery(flow.slug, workspace));
  const drafts = newest.filter((each) => each.kind === 'draft' && !each.discarded && each.workspace === workspace);
  const others = plan.data?.other_workspaces.filter((each) => each.slot === 'staging').length ?? 0;
  const back = others + (registration?.slot === 'staging' ? 1 : 0);
  const { main, staging } = flow;
  const send = () =>
    work.act(
      {
        what: 'revert',
        call: (expected_revision) => revert(flow.slug, { workspace, expected_revision }),
        revision: (answer) => answer.revision,
      },
      (after) => {
        close();
        show(null);
        work.editor.discardRecovered();
        if (after.main) void work.open(after.main.number, false);
        said(`All changes were reverted. Every workspace runs main v${after.main?.number}.`);
      },
    );
  if (plan.error) return <ErrorBox error={plan.error} retry={() => void plan.refetch()} />;
  if (!main)
    return (
      <>
        <p>There is no main version yet, so there is nothing to go back to. Promote a version first.</p>
        <Group justify="flex-end">
          <Button onClick={close}>Close</Button>
        </Group>
      </>
    );
  const nothing = drafts.length === 0 && !staging && !work.editor.dirty;
  return (
    <>
      {nothing ? (
        <p>Nothing is staged, and this workspace has no drafts: there is nothing to revert.</p>
      ) : (
        <ul className="dialog-list">
          {work.editor.dirty && <li>Your unsaved text is discarded.</li>}
          {drafts.length > 0 && (
            <li>
              {count(drafts.length, 'draft')} of {workspace} ({drafts.map((each) => `v${each.number}`).join(', ')}){' '}
              {drafts.length === 1 ? 'is' : 'are'} set aside: kept in the history, marked discarded.
            </li>
          )}
          {staging && <li>Staging is emptied; v{staging.number} stays in the history.</li>}
          {staging && (
            <li>
              {back === 0 ? 'No workspace is on staging.' : `${count(back, 'workspace')} on staging`}
              {back > 0 && (back === 1 ? ' is back on ' : ' are back on ')}
              {back > 0 && `main v${main.number}, from the next trigger on.`}
            </li>
          )}
          <li>Runs that have begun end on the version they began with.</li>
        </ul>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        {!nothing && (
          <Button
            color="red"
            leftSection={<Icon name="undo" size={15} />}
            loading={work.busy === 'revert'}
            disabled={plan.isPending}
            onClick={() => void send()}
          >
            Revert all changes
          </Button>
        )}
      </Group>
    </>
  );
}
