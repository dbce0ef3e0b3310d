// What can be done with the selected step, with the keys that do the same.
import { Button, Menu } from '@mantine/core';
import { Icon, type IconName } from '../components/icons';
import { withKey } from '../forms/places';
import { copied } from './clipboard';
import type { Definition, Step } from './document';
import { entryOf } from './tree';
import type { Editing } from './useEditing';

type Props = { definition: Definition; selected: string | null; editing: Editing };
type Item = { word: string; icon: IconName; keys?: string; act: () => void } | 'line';

export function StepMenu({ definition, selected, editing }: Props) {
  const step = selected === null ? undefined : entryOf(definition, selected)?.step;
  return (
    <Menu position="bottom-start" shadow="md" withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          disabled={!step}
          title={step ? undefined : 'Select a step first.'}
          rightSection={<Icon name="chevron" size={12} />}
        >
          Step
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {step &&
          items(definition, step, editing).map((item, index) =>
            item === 'line' ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list is always the same
              <Menu.Divider key={index} />
            ) : (
              <Menu.Item
                key={item.word}
                leftSection={<Icon name={item.icon} size={15} />}
                rightSection={item.keys && <kbd>{item.keys}</kbd>}
                onClick={item.act}
              >
                {item.word}
              </Menu.Item>
            ),
          )}
      </Menu.Dropdown>
    </Menu>
  );
}

function items(definition: Definition, step: Step, editing: Editing): Item[] {
  const { id } = step;
  const off = step.disabled === true;
  return [
    { word: 'Move up', icon: 'up', keys: 'Alt ↑', act: () => editing.nudge(id, -1) },
    { word: 'Move down', icon: 'down', keys: 'Alt ↓', act: () => editing.nudge(id, 1) },
    'line',
    { word: 'Duplicate', icon: 'copy', keys: 'Ctrl D', act: () => editing.duplicate(id) },
    { word: 'Copy', icon: 'copy', keys: 'Ctrl C', act: () => write(copied(definition, id)) },
    { word: 'Cut', icon: 'x', keys: 'Ctrl X', act: () => write(editing.cut(id)) },
    { word: 'Paste after', icon: 'down', keys: 'Ctrl V', act: () => void read().then((text) => editing.paste(text)) },
    'line',
    { word: 'Put into a loop', icon: 'for_each', act: () => editing.wrap(id, 'for_each') },
    { word: 'Put into a condition', icon: 'condition', act: () => editing.wrap(id, 'condition') },
    { word: 'Put into a try', icon: 'try', act: () => editing.wrap(id, 'try') },
    'line',
    {
      word: off ? 'Switch on' : 'Switch off',
      icon: off ? 'run' : 'pause',
      act: () => editing.change(id, withKey(step, 'disabled', off ? undefined : true) as Step),
    },
    { word: 'Delete', icon: 'trash', keys: 'Delete', act: () => editing.remove(id) },
  ];
}

/** Where the system's clipboard is not permitted, the copy that this browser keeps does. */
function write(text: string | null) {
  if (text) void navigator.clipboard?.writeText(text).catch(() => undefined);
}

async function read(): Promise<string> {
  return (await navigator.clipboard?.readText().catch(() => '')) ?? '';
}
