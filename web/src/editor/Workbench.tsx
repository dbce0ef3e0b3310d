// The editor's room: outline, canvas or text, and the panel of what is selected. Without `work`, it is only looked at.
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from 'react';
import { Loading } from '../components/States';
import { Canvas } from './Canvas';
import type { Definition, Editor } from './document';
import { focusStep } from './focus';
import { Outline } from './Outline';
import { ProblemList } from './ProblemList';
import type { Problems } from './problems';
import { StepPicker, type Where } from './StepPicker';
import { Toolbar, type View } from './Toolbar';
import { countInside, type Place, placesAt } from './tree';
import type { Trying } from './trying';
import type { Editing } from './useEditing';
import { useEditorKeys } from './useEditorKeys';

// the picture is there first; YAML and the forms come when they are shown
const DefinitionView = lazy(() => import('./DefinitionView').then((part) => ({ default: part.DefinitionView })));
const SidePanel = lazy(() => import('./SidePanel').then((part) => ({ default: part.SidePanel })));

export type Work = {
  editor: Editor;
  editing: Editing;
  trying: Trying;
  change: (next: Definition, what?: string) => void;
  /** An earlier run whose input is tried. */
  fromRun?: string;
};

export type WorkbenchProps = {
  flow: string;
  workspace: string;
  definition: Definition;
  selected: string | null;
  onSelect: (id: string | null) => void;
  problems: Problems;
  work?: Work;
  above?: ReactNode;
};

export type Shown = 'settings' | 'try' | null;

/** Narrower than this, the panel lies over the canvas, and comes only when it is called. */
const NARROW = '(max-width: 1000px)';

export function Workbench(props: WorkbenchProps) {
  const { definition, selected, onSelect, problems, work, above } = props;
  const [view, setView] = useState<View>('canvas');
  const [shown, show] = useState<Shown>(() => (work?.fromRun ? 'try' : matchMedia(NARROW).matches ? null : 'settings'));
  const [listed, list] = useState(false);
  const [places, ask] = useState<readonly Where[] | null>(null);
  const { folded, fold } = useFolds();
  const counts = useMemo(
    () => new Map([...problems.byStep].map(([id, found]) => [id, found.length])),
    [problems.byStep],
  );
  const open = useCallback(
    (id: string | null) => {
      onSelect(id);
      if (id !== null) show((now) => now ?? 'settings');
    },
    [onSelect],
  );
  const addAt = useCallback((place: Place) => ask([{ label: 'Here', place }]), []);
  const add = (id: string | null) =>
    ask(id?.includes('/') ? [{ label: 'Here', place: { list: id, after: null } }] : placesAt(definition, id));
  const onKey = useEditorKeys({
    definition,
    selected,
    editing: work?.editing,
    undo: work?.editor.undo,
    redo: work?.editor.redo,
    onAdd: add,
    onFold: fold,
    onOpen: (id) => {
      open(id);
      focusPanel();
    },
    onEscape: () => (shown ? show(null) : onSelect(null)),
  });
  const reads = { definition, folded, selected, problems: counts, states: work?.trying.states };
  return (
    <div className="editor">
      <nav className="editor-outline" aria-label="Steps">
        <p className="editor-count">{counted(definition)}</p>
        <Outline {...reads} onSelect={open} onFold={fold} onKey={onKey} />
      </nav>
      <div className="editor-middle">
        <Toolbar
          {...props}
          view={view}
          onView={setView}
          shown={shown}
          onShow={show}
          listed={listed}
          onList={list}
          onAdd={add}
        />
        {above}
        <section className="editor-stage" aria-label="Work">
          {view === 'canvas' ? (
            <>
              <Canvas
                {...reads}
                onSelect={open}
                onFold={fold}
                onKey={onKey}
                onAdd={work && addAt}
                onMove={work?.editing.move}
              />
              {work && definition.steps.length === 0 && <FirstStep />}
            </>
          ) : (
            <Suspense fallback={<Loading label="Loading the text" />}>
              <DefinitionView
                definition={definition}
                problems={problems}
                readOnly={!work}
                onChange={(next) => work?.change(next, 'text')}
              />
            </Suspense>
          )}
        </section>
        {listed && (
          <div className="editor-problems">
            <ProblemList definition={definition} problems={problems} onSelect={open} onClose={() => list(false)} />
          </div>
        )}
      </div>
      {shown !== null && (
        <Suspense fallback={<div className="editor-side" />}>
          <SidePanel {...props} shown={shown} onClose={() => show(null)} />
        </Suspense>
      )}
      <StepPicker
        places={places}
        onClose={() => {
          ask(null);
          focusStep(selected);
        }}
        onPick={(kind, place) => {
          ask(null);
          focusStep(work?.editing.add(kind, place) ?? selected);
        }}
      />
    </div>
  );
}

function counted({ steps }: Definition): string {
  const count = steps.reduce((sum, step) => sum + 1 + countInside(step), 0);
  return count === 1 ? '1 step' : `${count} steps`;
}

function useFolds() {
  const [folded, set] = useState<ReadonlySet<string>>(new Set());
  const fold = useCallback(
    (id: string) =>
      set((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  return { folded, fold };
}

function FirstStep() {
  return (
    <div className="editor-first">
      <strong>This flow has no steps yet.</strong>
      <span>
        Add the first step with <b>+</b> or press <kbd>a</kbd>
      </span>
    </div>
  );
}

/** The first field of the panel, once it is there. */
function focusPanel() {
  requestAnimationFrame(() => {
    const side = document.querySelector('.editor-side');
    (side?.querySelector<HTMLElement>('input, textarea') ?? side?.querySelector<HTMLElement>('button'))?.focus();
  });
}
