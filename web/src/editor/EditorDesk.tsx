// The editor at work: what is shown in its three columns, and what a change of the selection does.
import { useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, useCallback, useMemo, useState } from 'react';
import { Empty } from '../components/States';
import { Canvas } from './Canvas';
import { DefinitionView } from './DefinitionView';
import type { Definition, Editor, Step } from './document';
import { EditorBar, type View } from './EditorBar';
import { FlowPanel } from './FlowPanel';
import { idsOf, rename, replaceStep } from './naming';
import { Outline } from './Outline';
import { ProblemList } from './ProblemList';
import { useProblems } from './problems';
import { StepPanel } from './StepPanel';
import { StepPicker } from './StepPicker';
import { TryPanel } from './TryPanel';
import { entryOf, placeAfter, TRIGGER } from './tree';
import { useTry } from './trying';
import { useEditing } from './useEditing';

export type Side = 'settings' | 'try' | 'problems' | null;

export function EditorDesk({ editor, flow, workspace }: { editor: Editor; flow: string; workspace: string }) {
  const { definition, selected, select, change } = editor;
  const { run, step } = useSearch({ from: '/shell/flows/$flow/' });
  const [view, setView] = useState<View>('canvas');
  const [side, setSide] = useState<Side>(run ? 'try' : step ? 'settings' : null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const problems = useProblems(flow, workspace, definition);
  const trying = useTry(flow, workspace);
  const openPanel = useCallback(() => setSide((now) => (now === 'try' ? now : 'settings')), []);
  const editing = useEditing(editor, openPanel);

  const counts = useMemo(
    () => new Map([...problems.byStep].map(([id, found]) => [id, found.length])),
    [problems.byStep],
  );
  const onSelect = useCallback(
    (id: string | null) => {
      select(id);
      setSide((now) => (id === null ? (now === 'settings' ? null : now) : (now ?? 'settings')));
    },
    [select],
  );
  const onFold = useCallback((id: string) => setFolded((now) => toggled(now, id)), []);
  const onKey = useCallback(
    (event: KeyboardEvent, id: string | null) => {
      if (event.key === 'Enter' && id) {
        event.preventDefault();
        setSide('settings');
        focusPanel();
      } else if (event.key === 'Escape') {
        if (side) setSide(null);
        else select(null);
      } else if (event.key === 'f' && id && !event.ctrlKey && !event.metaKey) onFold(id);
      else editing.onKey(event, id);
    },
    [editing.onKey, onFold, select, side],
  );
  const showSide = (to: Side) => setSide(side === to ? null : to);
  return (
    <div className="editor">
      <nav className="editor-side" aria-label="Steps">
        <Outline {...{ definition, folded, selected, onSelect, onFold, onKey, problems: counts }} />
      </nav>
      <section className="editor-stage" aria-label="Editor">
        <EditorBar
          {...{ editor, view, setView, side, problems }}
          show={showSide}
          add={() => editing.setAdding(placeAfter(definition, selected))}
        />
        <div className="editor-view">
          {view === 'canvas' ? (
            <Canvas
              {...{ definition, selected, onSelect, folded, onFold, onKey, problems: counts }}
              states={trying.run ? trying.states : undefined}
              onAdd={editing.setAdding}
              onMove={editing.moveTo}
            />
          ) : (
            <DefinitionView definition={definition} problems={problems} onChange={(next) => change(next, 'text')} />
          )}
          {view === 'canvas' && definition.steps.length === 0 && (
            <div className="editor-empty">
              <Empty icon="flow" title="This flow has only a trigger">
                Add the first step with the + below it, or press a.
              </Empty>
            </div>
          )}
        </div>
      </section>
      {side === 'settings' && (
        <Settings {...{ editor, flow, workspace, problems, trying, close: () => setSide(null) }} />
      )}
      {side === 'try' && (
        <TryPanel
          {...{ flow, workspace, definition, trying, selected, onSelect }}
          fromRun={run}
          onClose={() => setSide(null)}
        />
      )}
      {side === 'problems' && (
        <aside className="panel" aria-label="What is wrong">
          <ProblemList
            definition={definition}
            problems={problems}
            onSelect={(id) => {
              select(id);
              setView('canvas');
              setSide('settings');
            }}
          />
        </aside>
      )}
      {editing.adding && (
        <StepPicker
          close={() => editing.setAdding(null)}
          pick={(kind) => {
            if (editing.adding) editing.add(kind, editing.adding);
            editing.setAdding(null);
          }}
        />
      )}
    </div>
  );
}

type SettingsProps = {
  editor: Editor;
  flow: string;
  workspace: string;
  problems: ReturnType<typeof useProblems>;
  trying: ReturnType<typeof useTry>;
  close: () => void;
};

/** The form of the selected step; of the trigger and the flow where none is. */
function Settings({ editor, flow, workspace, problems, trying, close }: SettingsProps) {
  const { definition, selected, select, change } = editor;
  const entry = selected === null || selected === TRIGGER ? undefined : entryOf(definition, selected);
  const set = (next: Definition) => change(next, `flow:${selected}`);
  const given = { flow, workspace, definition, problems, onClose: close };
  if (!entry) return <FlowPanel {...given} onChange={set} />;
  const { step, pointer } = entry;
  const setStep = (next: Step) => change(replaceStep(definition, step.id, next), `step:${step.id}`);
  const renames = (id: string) => {
    if (id === step.id) return null;
    const next = rename(definition, step.id, id);
    if (next === definition) return whyNot(definition, id);
    change(next);
    select(id);
    return null;
  };
  return (
    <StepPanel
      {...given}
      key={step.id}
      step={step}
      pointer={pointer}
      trying={trying}
      onChange={setStep}
      onRename={renames}
      onDefinition={set}
    />
  );
}

function whyNot(definition: Definition, id: string): string {
  if (idsOf(definition).has(id)) return `Another step has the id ${id}.`;
  return 'An id begins with a small letter and has small letters, digits and underscores; names of the scope are taken.';
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

function focusPanel() {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.panel input, .panel textarea')?.focus());
}
