// The lines of the outline: the trigger, and each step and branch that no fold hides, with its place in the tree.
import type { Definition, Step } from './document';
import { kindWord, stepName } from './summary';
import { listsOf, TRIGGER } from './tree';

export type Line = {
  /** Of a step its id; of a branch `<step>/<key>`. */
  id: string;
  level: number;
  step: boolean;
  kind: string;
  text: string;
  nested: boolean;
  off: boolean;
  size: number;
  position: number;
  parent: string | null;
};

export function linesOf(definition: Definition, folded: ReadonlySet<string>): Line[] {
  const kind = String(definition.trigger?.kind ?? '');
  const size = definition.steps.length + 1;
  const top = { level: 1, nested: false, off: false, parent: null };
  const found: Line[] = [
    { ...top, id: TRIGGER, step: true, kind, text: `Trigger: ${kindWord(kind)}`, size, position: 1 },
  ];
  const walk = (steps: readonly Step[], level: number, parent: string | null, before: number) => {
    for (const [index, step] of steps.entries()) {
      const lists = listsOf(step);
      const at = { level, parent, size: steps.length + before, position: index + 1 + before };
      const said = { text: stepName(step), kind: step.kind, off: step.disabled === true };
      found.push({ ...at, ...said, id: step.id, step: true, nested: lists.length > 0 });
      if (folded.has(step.id)) continue;
      if (lists.length === 1) walk(lists[0]?.steps ?? [], level + 1, step.id, 0);
      else
        for (const [position, list] of lists.entries()) {
          const id = `${step.id}/${list.key}`;
          const branch = { id, level: level + 1, step: false, kind: '', text: list.label, off: false, parent: step.id };
          found.push({ ...branch, nested: list.steps.length > 0, size: lists.length, position: position + 1 });
          walk(list.steps, level + 2, id, 0);
        }
    }
  };
  walk(definition.steps, 1, null, 1);
  return found;
}
