// What can be done to the steps of a flow: each act changes the document, selects what it was about, and says what it did.
import { useMemo, useRef } from 'react';
import { refused, said } from '../components/notices';
import { copied, stepsToPaste } from './clipboard';
import type { Definition, Step } from './document';
import { idsOf, rename, withFreeIds } from './naming';
import { type Kind, newStep } from './new_step';
import {
  entryOf,
  insert,
  move,
  neighbour,
  nudge,
  type Place,
  placeAfter,
  remove,
  replace,
  TRIGGER,
  wrap,
} from './tree';

export type Editing = {
  /** Gives the new step's id. */
  add: (kind: Kind, place: Place) => string;
  remove: (id: string) => void;
  move: (id: string, place: Place) => void;
  nudge: (id: string, by: -1 | 1) => void;
  duplicate: (id: string) => void;
  wrap: (id: string, kind: string) => void;
  change: (id: string, next: Step) => void;
  /** Gives a step another id everywhere; says why not, or nothing. */
  rename: (id: string, to: string) => string | null;
  /** The text for the clipboard; null for what cannot be cut. */
  cut: (id: string) => string | null;
  /** Puts the steps of a copied text after the selected one, or at a place. */
  paste: (text: string, place?: Place) => void;
};

type Document = {
  definition: Definition;
  selected: string | null;
  change: (next: Definition, what?: string) => void;
  select: (id: string | null) => void;
};

export function useEditing(document: Document): Editing {
  const latest = useRef(document);
  latest.current = document;
  return useMemo(() => editing(() => latest.current), []);
}

export function editing(now: () => Document): Editing {
  const put = (steps: Step[], place: Place) => {
    const { definition, change, select } = now();
    change(insert(definition, place, ...steps));
    select((steps[0] as Step).id);
    return (steps[0] as Step).id;
  };
  const drop = (id: string) => {
    const { definition, change, select } = now();
    if (!entryOf(definition, id)) return;
    select(neighbour(definition, id));
    change(remove(definition, id));
  };
  return {
    remove: drop,
    add: (kind, place) => put([newStep(now().definition, kind)], place),
    move: (id, place) => {
      now().change(move(now().definition, id, place));
      now().select(id);
    },
    nudge: (id, by) => now().change(nudge(now().definition, id, by)),
    change: (id, next) => now().change(replace(now().definition, id, next), `step ${id}`),
    cut: (id) => {
      const text = copied(now().definition, id);
      if (text) drop(id);
      return text;
    },
    duplicate: (id) => {
      const { definition } = now();
      const step = entryOf(definition, id)?.step;
      if (step) put(withFreeIds([step], idsOf(definition)), placeAfter(definition, id));
    },
    wrap: (id, kind) => {
      const { definition, change, select } = now();
      if (id === TRIGGER || !entryOf(definition, id)) return;
      const around = newStep(definition, { name: kind });
      change(wrap(definition, id, around));
      select(around.id);
    },
    rename: (id, to) => {
      const { definition, change, select } = now();
      const next = rename(definition, id, to);
      if (next === definition) return whyNot(definition, to);
      change(next);
      select(to);
      const named = JSON.stringify(definition).split(`steps.${id}`).length - 1;
      if (named > 0) said(`Expressions that named steps.${id} now name steps.${to}.`);
      return null;
    },
    paste: (text, place) => {
      const { definition, selected } = now();
      const steps = stepsToPaste(text);
      if (!steps) return refused(new Error('The clipboard holds no steps. Copy a step first.'));
      put(withFreeIds(steps, idsOf(definition)), place ?? placeAfter(definition, selected));
    },
  };
}

function whyNot(definition: Definition, id: string): string {
  if (idsOf(definition).has(id)) return `There is a step ${id} already.`;
  return /^[a-z][a-z0-9_]{0,99}$/.test(id)
    ? `${id} means something else in expressions.`
    : 'An id has small letters, digits and _, a letter first.';
}
