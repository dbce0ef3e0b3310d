// Flows for the tests of the editor: leaves, loops, branches, and large random ones that are the same each time.
import type { Definition, Step } from '../document';

let made = 0;
export const leaf = (id = `s${made++}`): Step => ({ id, kind: 'set', value: id });
export const loop = (...steps: Step[]): Step => ({ id: `l${made++}`, kind: 'for_each', in: '=[1]', steps });
export const branch = (then: Step[], otherwise: Step[]): Step => ({
  id: `c${made++}`,
  kind: 'condition',
  if: '=True',
  then,
  else: otherwise,
});
export const flow = (...steps: Step[]): Definition => ({ flow: 1, trigger: { kind: 'on_demand' }, steps });

export function randomFlow(size: number): Definition {
  let seed = 42;
  let left = size;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const few = (depth: number) => list(depth + 1, 1 + Math.floor(random() * 4));
  const list = (depth: number, most: number): Step[] => {
    const found: Step[] = [];
    while (left > 0 && found.length < most) {
      left -= 1;
      const roll = depth < 4 ? random() : 1;
      if (roll < 0.12) found.push(branch(few(depth), few(depth)));
      else if (roll < 0.2) found.push(loop(...few(depth)));
      else if (roll < 0.26) found.push({ ...leaf(), kind: 'try', steps: few(depth), catch: few(depth) });
      else found.push(leaf());
    }
    return found;
  };
  return flow(...list(0, Number.POSITIVE_INFINITY));
}
