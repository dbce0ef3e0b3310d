// The editor's own buttons: undo and redo, adding, picture or text, problems, trying.
import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { Icon } from '../components/icons';
import type { Editor } from './document';
import type { Side } from './EditorDesk';
import type { Problems } from './problems';

export type View = 'canvas' | 'definition';

type Props = {
  editor: Editor;
  view: View;
  setView: (to: View) => void;
  side: Side;
  show: (side: Side) => void;
  problems: Problems;
  add: () => void;
};

export function EditorBar({ editor, view, setView, side, show, problems, add }: Props) {
  const wrong = problems.problems.length;
  return (
    <div className="editor-bar" role="toolbar" aria-label="Editing">
      <Tooltip label="Undo (Ctrl Z)">
        <ActionIcon variant="subtle" aria-label="Undo" disabled={!editor.canUndo} onClick={editor.undo}>
          <Icon name="undo" />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (Ctrl Shift Z)">
        <ActionIcon variant="subtle" aria-label="Redo" disabled={!editor.canRedo} onClick={editor.redo}>
          <Icon name="redo" />
        </ActionIcon>
      </Tooltip>
      <Button size="compact-sm" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={add}>
        Add step
      </Button>
      <SegmentedControl
        size="xs"
        aria-label="Show the flow as"
        value={view}
        onChange={(to) => setView(to as View)}
        data={[
          { value: 'canvas', label: 'Canvas' },
          { value: 'definition', label: 'Definition' },
        ]}
      />
      <span className="editor-gap" />
      <Button
        size="compact-sm"
        variant="default"
        className={wrong ? 'editor-wrong' : undefined}
        aria-expanded={side === 'problems'}
        leftSection={<Icon name={wrong ? 'alert' : 'check'} size={14} />}
        onClick={() => show('problems')}
      >
        {wrong === 0
          ? problems.checking
            ? 'Checking'
            : 'No problems'
          : `${wrong} ${wrong === 1 ? 'problem' : 'problems'}`}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        aria-expanded={side === 'settings'}
        leftSection={<Icon name="settings" size={14} />}
        onClick={() => show('settings')}
      >
        Settings
      </Button>
      <Button
        size="compact-sm"
        className="cta"
        aria-expanded={side === 'try'}
        leftSection={<Icon name="run" size={14} />}
        onClick={() => show('try')}
      >
        Try it
      </Button>
    </div>
  );
}
