// The editor's keys. Those of a single step come from the canvas or the outline; undo and the clipboard work on the whole page.
import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import { isTyping } from '../shell/useKeys';
import { copied } from './clipboard';
import type { Definition } from './document';
import { entryOf, listsOf, type Place, TRIGGER } from './tree';
import type { Editing } from './useEditing';

type Keys = {
  definition: Definition;
  selected: string | null;
  /** Left out where the flow is only looked at. */
  editing?: Editing;
  undo?: () => void;
  redo?: () => void;
  onAdd: (id: string | null) => void;
  onOpen: (id: string) => void;
  onFold: (id: string) => void;
  onEscape: () => void;
};

export function useEditorKeys(keys: Keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if (isTyping(event.target) || isElsewhere() || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      const { undo, redo } = latest.current;
      const key = event.key.toLowerCase();
      const act = key === 'z' ? (event.shiftKey ? redo : undo) : key === 'y' ? redo : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
  useClipboard(latest);
  return useCallback((event: KeyboardEvent, id: string | null) => onKey(event, id, latest.current), []);
}

/** A dialog has the keys while it is open. */
const isElsewhere = () => document.querySelector('[aria-modal="true"]') !== null;

function onKey(event: KeyboardEvent, id: string | null, keys: Keys) {
  const { definition, editing, onAdd, onOpen, onFold, onEscape } = keys;
  const modified = event.ctrlKey || event.metaKey;
  const step = id === null ? undefined : entryOf(definition, id)?.step;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const acts: Record<string, (() => void) | false | null | undefined> = event.altKey
    ? { ArrowUp: step && (() => editing?.nudge(step.id, -1)), ArrowDown: step && (() => editing?.nudge(step.id, 1)) }
    : modified
      ? { d: step && (() => editing?.duplicate(step.id)) }
      : {
          Enter: () => onOpen(step?.id ?? TRIGGER),
          Escape: onEscape,
          f: step && listsOf(step).length > 0 && (() => onFold(step.id)),
          a: editing && (() => onAdd(id)),
          Delete: editing && step && (() => editing.remove(step.id)),
          Backspace: editing && step && (() => editing.remove(step.id)),
        };
  const act = acts[key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** Copying goes through the browser's own events: they need no permission, and work without https too. */
function useClipboard(latest: { readonly current: Keys }) {
  useEffect(() => {
    const idle = (event: ClipboardEvent) =>
      !isTyping(event.target) && !isElsewhere() && (window.getSelection()?.isCollapsed ?? true);
    const taken = (event: ClipboardEvent) => {
      const { definition, selected, editing } = latest.current;
      if (!idle(event) || selected === null) return;
      const text = event.type === 'cut' ? editing?.cut(selected) : copied(definition, selected);
      if (!text) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
    };
    const pasted = (event: ClipboardEvent) => {
      const { editing } = latest.current;
      if (!idle(event) || !editing) return;
      event.preventDefault();
      editing.paste(event.clipboardData?.getData('text/plain') ?? '', placeOfFocus());
    };
    document.addEventListener('copy', taken);
    document.addEventListener('cut', taken);
    document.addEventListener('paste', pasted);
    return () => {
      document.removeEventListener('copy', taken);
      document.removeEventListener('cut', taken);
      document.removeEventListener('paste', pasted);
    };
  }, [latest]);
}

/** A branch that has the focus in the outline takes what is pasted. */
function placeOfFocus(): Place | undefined {
  const list = document.activeElement?.getAttribute('data-list');
  return list ? { list, after: null } : undefined;
}
