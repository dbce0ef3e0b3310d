// What can be done to the steps of the document being edited: by buttons, by dragging, by keys, through the clipboard.
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { refused, said } from '../components/notices';
import { isTyping } from '../shell/useKeys';
import { copySteps, pastedSteps } from './clipboard';
import type { Editor } from './document';
import { idsOf, withFreeIds } from './naming';
import { newStep } from './newStep';
import { entryOf, insert, move, nudge, type Place, placeAfter, remove, TRIGGER } from './tree';

export type Editing = ReturnType<typeof useEditing>;

export function useEditing(editor: Editor, openPanel: () => void) {
  const [adding, setAdding] = useState<Place | null>(null);
  const now = useRef(editor);
  now.current = editor;

  const acts = useMemo(() => {
    const stepOf = (id: string | null) => (id === null ? undefined : entryOf(now.current.definition, id));
    const put = (...made: Parameters<typeof insert>) => {
      const [definition, place, ...steps] = made;
      now.current.change(insert(definition, place, ...steps));
      now.current.select(steps.at(-1)?.id ?? null);
    };
    return {
      add: (kind: string, place: Place) => {
        const { definition } = now.current;
        put(definition, place, newStep(kind, idsOf(definition)));
        openPanel();
      },
      moveTo: (id: string, place: Place) => now.current.change(move(now.current.definition, id, place)),
      nudge: (id: string, by: -1 | 1) => now.current.change(nudge(now.current.definition, id, by)),
      remove: (id: string) => {
        const { definition } = now.current;
        const entry = stepOf(id);
        if (!entry) return;
        now.current.change(remove(definition, id));
        now.current.select(neighbour(now.current, entry.list, entry.index));
      },
      duplicate: (id: string) => {
        const { definition } = now.current;
        const entry = stepOf(id);
        if (entry) put(definition, { list: entry.list, after: id }, ...withFreeIds([entry.step], idsOf(definition)));
      },
      copy: (id: string) => {
        const step = stepOf(id)?.step;
        if (step) void copySteps([step]).then(() => said(`${step.id} is copied: paste it here or in another flow.`));
      },
      paste: async (selected: string | null) => {
        const steps = await pastedSteps();
        if (steps.length === 0) return refused(new Error('There are no steps on the clipboard. Copy one first.'));
        const { definition } = now.current;
        put(definition, placeAfter(definition, selected), ...withFreeIds(steps, idsOf(definition)));
      },
    };
  }, [openPanel]);

  const onKey = useCallback(
    (event: KeyboardEvent, id: string | null) => {
      if (isTyping(event.target)) return;
      const does = keyed(event, id, acts, (selected) => setAdding(placeAfter(now.current.definition, selected)));
      if (!does) return;
      event.preventDefault();
      does();
    },
    [acts],
  );
  useUndoKeys(now);
  return { ...acts, adding, setAdding, onKey };
}

type Acts = {
  nudge: (id: string, by: -1 | 1) => void;
  remove: (id: string) => void;
  duplicate: (id: string) => void;
  copy: (id: string) => void;
  paste: (selected: string | null) => Promise<void>;
};

/** What a key does to the selected step; undefined for keys that do nothing here. */
function keyed(event: KeyboardEvent, id: string | null, acts: Acts, ask: (id: string | null) => void) {
  const step = id === TRIGGER || id?.includes('/') ? null : id;
  const key = event.key.toLowerCase();
  if (event.altKey) {
    const by = { arrowup: -1, arrowdown: 1 }[key];
    return by && step ? () => acts.nudge(step, by as -1 | 1) : undefined;
  }
  if (event.ctrlKey || event.metaKey) {
    if (key === 'v') return () => void acts.paste(id);
    if (!step || event.shiftKey) return undefined;
    if (key === 'c') return () => acts.copy(step);
    if (key === 'd') return () => acts.duplicate(step);
    if (key === 'x')
      return () => {
        acts.copy(step);
        acts.remove(step);
      };
    return undefined;
  }
  if (key === 'a') return () => ask(id);
  if ((key === 'delete' || key === 'backspace') && step) return () => acts.remove(step);
  return undefined;
}

/** The step that is selected after one was removed: the one before it, else the next, else the step around. */
function neighbour(editor: Editor, list: string, index: number): string | null {
  const around = list === '' ? null : (list.split('/')[0] ?? null);
  const { definition } = editor;
  const there = list === '' ? definition.steps : undefined;
  return there ? (there[index - 1]?.id ?? there[index + 1]?.id ?? TRIGGER) : around;
}

function useUndoKeys(now: { current: Editor }) {
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) now.current.redo();
      else now.current.undo();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [now]);
}
