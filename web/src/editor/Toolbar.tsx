// Above the canvas: undo, add, what can be done with the selected step, canvas or text, what is wrong, and Try it.
import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { Icon, type IconName } from '../components/icons';
import { StepMenu } from './StepMenu';
import type { Shown, WorkbenchProps } from './Workbench';

export type View = 'canvas' | 'definition';

type Props = WorkbenchProps & {
  view: View;
  onView: (view: View) => void;
  shown: Shown;
  onShow: (shown: Shown) => void;
  listed: boolean;
  onList: (listed: boolean) => void;
  onAdd: (id: string | null) => void;
};

export function Toolbar(props: Props) {
  const { definition, selected, work, view, onView, shown, onShow, onAdd } = props;
  return (
    <div className="editor-bar" role="toolbar" aria-label="Editor">
      {work && (
        <>
          <Tool icon="undo" word="Undo" keys="Ctrl+Z" off={!work.editor.canUndo} onClick={work.editor.undo} />
          <Tool icon="redo" word="Redo" keys="Ctrl+Shift+Z" off={!work.editor.canRedo} onClick={work.editor.redo} />
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon name="plus" size={14} />}
            onClick={() => onAdd(selected)}
          >
            Add step
          </Button>
          <StepMenu definition={definition} selected={selected} editing={work.editing} />
        </>
      )}
      <span className="editor-gap" />
      <SegmentedControl
        size="xs"
        aria-label="View"
        value={view}
        onChange={(next) => onView(next as View)}
        data={[
          { value: 'canvas', label: 'Canvas' },
          { value: 'definition', label: 'Definition' },
        ]}
      />
      {work && <ProblemsButton {...props} />}
      {shown === null && <Tool icon="settings" word="Show settings" onClick={() => onShow('settings')} />}
      {work && (
        <Button
          size="compact-sm"
          variant="default"
          aria-pressed={shown === 'try'}
          leftSection={<Icon name="run" size={14} />}
          onClick={() => onShow(shown === 'try' ? 'settings' : 'try')}
        >
          Try it
        </Button>
      )}
    </div>
  );
}

function ProblemsButton({ problems: { problems, checking, error }, listed, onList }: Props) {
  const count = problems.length;
  const words = error
    ? 'Not checked'
    : count > 0
      ? `${count} ${count === 1 ? 'problem' : 'problems'}`
      : checking
        ? 'Checking…'
        : 'No problems';
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      className={count > 0 || error ? 'editor-wrong' : 'editor-right'}
      aria-expanded={listed}
      leftSection={<Icon name={count > 0 || error ? 'alert' : 'check'} size={14} />}
      onClick={() => onList(!listed)}
    >
      {words}
    </Button>
  );
}

type ToolProps = { icon: IconName; word: string; keys?: string; off?: boolean; onClick: () => void };

function Tool({ icon, word, keys, off, onClick }: ToolProps) {
  return (
    <Tooltip withinPortal={false} label={keys ? `${word} (${keys})` : word}>
      <ActionIcon variant="default" size={26} aria-label={word} disabled={off} onClick={onClick}>
        <Icon name={icon} size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
