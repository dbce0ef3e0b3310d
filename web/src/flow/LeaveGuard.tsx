// Leaving a flow, or its workspace, with unsaved changes asks first; the text itself is kept in this browser.
import { Button, Group, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useFlow } from './FlowContext';
import { useSaving } from './useSaving';
import { useWork } from './Work';

export function LeaveGuard() {
  const { flow, workspace } = useFlow();
  const { editor } = useWork();
  const saving = useSaving();
  const within = `/flows/${flow.slug}`;
  const { proceed, reset, status } = useBlocker({
    shouldBlockFn: ({ next }) => {
      if (!editor.dirty) return false;
      const path = decodeURIComponent(next.pathname);
      const there = (next.search as { workspace?: string }).workspace ?? flow.home_workspace ?? workspace;
      return !(path === within || path.startsWith(`${within}/`)) || there !== workspace;
    },
    enableBeforeUnload: () => editor.dirty,
    withResolver: true,
  });
  const asking = status === 'blocked';
  return (
    <Modal opened={asking} onClose={() => reset?.()} title="Leave with unsaved changes?" size={560}>
      <p className="dialog-lead">
        What you changed in {flow.name} is not saved. It stays in this browser, and is in the editor when you come back.
      </p>
      <Group justify="flex-end" mt="md">
        <Button variant="default" data-autofocus onClick={() => reset?.()}>
          Stay
        </Button>
        <Button variant="default" onClick={() => proceed?.()}>
          Leave without saving
        </Button>
        {!saving.whyNoDraft && (
          <Button
            className="cta"
            onClick={async () => {
              await saving.draft(() => proceed?.());
              reset?.();
            }}
          >
            Save draft and leave
          </Button>
        )}
      </Group>
    </Modal>
  );
}
