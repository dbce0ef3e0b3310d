// The panel beside the canvas: a try, the selected step's settings, or those of the trigger and the flow.
import { type KeyboardEvent, useMemo } from 'react';
import { FlowPanel } from './FlowPanel';
import { focusStep } from './focus';
import { StepPanel } from './StepPanel';
import { TryPanel } from './TryPanel';
import { entryOf, replace } from './tree';
import type { Shown, WorkbenchProps } from './Workbench';

type Props = WorkbenchProps & { shown: NonNullable<Shown>; onClose: () => void };

export function SidePanel({ shown, onClose, ...props }: Props) {
  const pressed = (event: KeyboardEvent) => {
    const expanded = event.target instanceof HTMLElement && event.target.getAttribute('aria-expanded') === 'true';
    if (event.key !== 'Escape' || event.defaultPrevented || expanded) return;
    event.preventDefault();
    onClose();
    focusStep(props.selected);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape in any field closes the panel
    <div className="editor-side" onKeyDown={pressed}>
      <Panel {...props} shown={shown} onClose={onClose} />
    </div>
  );
}

function Panel({ shown, onClose, flow, workspace, definition, selected, onSelect, problems, work }: Props) {
  const entry = useMemo(() => (selected === null ? undefined : entryOf(definition, selected)), [definition, selected]);
  const shared = { flow, workspace, definition, problems, readOnly: !work, onClose };
  if (shown === 'try' && work)
    return <TryPanel {...shared} trying={work.trying} selected={selected} onSelect={onSelect} fromRun={work.fromRun} />;
  if (!entry) return <FlowPanel {...shared} onChange={(next) => work?.change(next, 'flow')} />;
  return (
    <StepPanel
      {...shared}
      step={entry.step}
      pointer={entry.pointer}
      trying={work?.trying}
      onChange={(next) => work?.change(replace(definition, entry.step.id, next), `step ${entry.step.id}`)}
      onRename={(id) => work?.editing.rename(entry.step.id, id) ?? null}
      onDefinition={(next) => work?.change(next)}
    />
  );
}
