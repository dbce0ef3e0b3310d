// The save buttons: deploy to staging (the main one), save as draft, revert; a note for the version; unsaved changes.
import { Button, Group, Menu, Popover, TextInput, Tooltip } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../components/icons';
import { useFlow } from './FlowContext';
import { RevertDialog } from './RevertDialog';
import { useSaving } from './useSaving';
import { WhyNot } from './WhyNot';
import { useWork } from './Work';

export function SaveGroup() {
  const { asked } = useFlow();
  const { editor, note } = useWork();
  const saving = useSaving();
  const [reverting, setReverting] = useState(false);
  useSaveKeys(saving, asked);
  if (asked) return null;
  return (
    <div className="save">
      {editor.dirty && (
        <span className="save-dirty" data-unsaved>
          <span aria-hidden="true">●</span> Unsaved changes
        </span>
      )}
      <NoteField />
      <WhyNot why={saving.whyNoDraft} keys="Ctrl+S">
        {(off) => (
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="save" size={15} />}
            loading={saving.busy === 'draft'}
            onClick={() => !saving.whyNoDraft && void saving.draft()}
            {...off}
          >
            Save draft
          </Button>
        )}
      </WhyNot>
      <Group gap={0} wrap="nowrap" className="save-main">
        <WhyNot why={saving.whyNoDeploy} keys="Ctrl+Shift+S">
          {(off) => (
            <Button
              size="xs"
              className="cta save-deploy"
              leftSection={<Icon name="flask" size={15} />}
              loading={saving.busy === 'stage'}
              onClick={() => !saving.whyNoDeploy && void saving.deploy()}
              {...off}
            >
              Save and deploy to staging
            </Button>
          )}
        </WhyNot>
        <Menu position="bottom-end" shadow="md" withinPortal={false} withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button size="xs" className="cta save-more" px={7} aria-label="More ways to save">
              <Icon name="chevron" size={14} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<Icon name="flask" size={15} />}
              rightSection={<kbd>Ctrl+Shift+S</kbd>}
              disabled={!!saving.whyNoDeploy}
              onClick={() => void saving.deploy()}
            >
              Save and deploy to staging
            </Menu.Item>
            <Menu.Item
              leftSection={<Icon name="save" size={15} />}
              rightSection={<kbd>Ctrl+S</kbd>}
              disabled={!!saving.whyNoDraft}
              onClick={() => void saving.draft()}
            >
              Save draft
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item
              className="danger"
              leftSection={<Icon name="undo" size={15} />}
              onClick={() => setReverting(true)}
            >
              Revert all changes…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <RevertDialog opened={reverting} close={() => setReverting(false)} />
      {note && <span className="visually-hidden">The next version gets the note: {note}</span>}
    </div>
  );
}

function NoteField() {
  const { note, setNote } = useWork();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} width={340} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={note ? `Note: ${note}` : 'Note for the next version'}>
          <Button
            size="xs"
            px={8}
            variant="default"
            leftSection={<Icon name={note ? 'check' : 'set'} size={14} />}
            aria-label="Note for the next version"
            onClick={() => setOpened(!opened)}
          >
            Note
          </Button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Note for the next version">
        <TextInput
          data-autofocus
          size="sm"
          label="Note for the next version"
          description="Stands beside the version in the history."
          placeholder="What changes, and why"
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && setOpened(false)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Ctrl+S and Ctrl+Shift+S, wherever the cursor is; the browser's own saving is never opened. */
function useSaveKeys(saving: ReturnType<typeof useSaving>, off: boolean) {
  const now = useRef(saving);
  now.current = saving;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      const { draft, deploy, busy, whyNoDraft, whyNoDeploy } = now.current;
      if (off || busy || document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      if (event.shiftKey && !whyNoDeploy) void deploy();
      if (!event.shiftKey && !whyNoDraft) void draft();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [off]);
}
