// Where each step stands on the canvas: a flow is a tree, so two passes are enough. Positions are never stored.
import type { Definition, Step } from './document';
import { countInside, type List, listsOf, type Place, TRIGGER } from './tree';

export const W = 252;
export const H = 58;
const GAP = 46; // between steps: room for the add button
const COLUMN = 36; // between branch columns
const FAN = 84; // from a branching step down to its columns: room for the label
const PAD = 18; // inside a loop's box
const LANE = 26; // the loop's return line
const EMPTY = 34;
const LEAST = W * 0.6;
const BEND = 10;

type Box = { w: number; h: number };
type At = Box & { id: string; x: number; y: number };
export type PlacedStep = At & { type: 'step'; step: Step; hidden: number; place: Place | null };
export type PlacedLabel = At & { type: 'label'; text: string; place: Place };
export type PlacedNode = PlacedStep | PlacedLabel | (At & { type: 'box' });
export type PlacedWire = { id: string; d: string; back: boolean };
export type Placed = { nodes: PlacedNode[]; wires: PlacedWire[]; w: number; h: number };

type End = { id: string; x: number; y: number };

/** Sizes are remembered for the step object itself: an edit measures only the steps on its way. */
const sizes = new WeakMap<Step, Box>();
const triggers = new WeakMap<object, Step>();

/** The trigger as the canvas shows it: a step that cannot be moved. The same object for the same trigger. */
export function triggerStep(definition: Definition): Step {
  const { trigger } = definition;
  let step = triggers.get(trigger);
  if (!step) {
    step = { ...trigger, id: TRIGGER, kind: String(trigger.kind) };
    triggers.set(trigger, step);
  }
  return step;
}

export function layout(definition: Definition, folded: ReadonlySet<string> = NOTHING): Placed {
  const drawing = new Drawing(folded);
  const step = triggerStep(definition);
  const place = { list: '', after: null };
  drawing.nodes.push({ id: TRIGGER, type: 'step', x: -W / 2, y: 0, w: W, h: H, step, hidden: 0, place });
  drawing.list(definition.steps, { cx: 0, top: H + GAP, list: '', ends: [{ id: TRIGGER, x: 0, y: H }] });
  const total = drawing.measureAll(definition.steps);
  return { nodes: drawing.nodes, wires: drawing.wires, w: Math.max(W, total.w), h: H + GAP + total.h };
}
const NOTHING: ReadonlySet<string> = new Set();

/** Down, across, down, with rounded corners. */
function elbow(from: { x: number; y: number }, to: { x: number; y: number }, bend: number): string {
  if (Math.abs(from.x - to.x) < 1) return `M${from.x} ${from.y}V${to.y}`;
  const side = Math.sign(to.x - from.x);
  const k = Math.min(BEND, Math.abs(to.x - from.x) / 2);
  const turn = `V${bend - k}Q${from.x} ${bend} ${from.x + side * k} ${bend}`;
  return `M${from.x} ${from.y}${turn}H${to.x - side * k}Q${to.x} ${bend} ${to.x} ${bend + k}V${to.y}`;
}

class Drawing {
  readonly nodes: PlacedNode[] = [];
  readonly wires: PlacedWire[] = [];

  constructor(private readonly folded: ReadonlySet<string>) {}

  measureAll(steps: readonly Step[]): Box {
    if (steps.length === 0) return { w: LEAST, h: EMPTY };
    let w = 0;
    let h = -GAP;
    for (const step of steps) {
      const box = this.measure(step);
      w = Math.max(w, box.w);
      h += box.h + GAP;
    }
    return { w, h };
  }

  private measure(step: Step): Box {
    const lists = this.openLists(step);
    if (!lists) return { w: W, h: H };
    const known = this.folded.size === 0 ? sizes.get(step) : undefined;
    if (known) return known;
    const columns = lists.map((each) => this.measureAll(each.steps));
    const loop = step.kind === 'for_each';
    const highest = Math.max(...columns.map((column) => column.h));
    const widest = columns.reduce((sum, column) => sum + Math.max(column.w, LEAST), 0) + COLUMN * (columns.length - 1);
    const box = loop
      ? { w: Math.max(widest, W) + 2 * PAD + LANE, h: PAD + H + GAP + highest + GAP }
      : { w: Math.max(W, widest), h: H + FAN + highest + GAP };
    if (this.folded.size === 0) sizes.set(step, box);
    return box;
  }

  /** The lists of a step that are shown; undefined for a plain or folded step. */
  private openLists(step: Step): readonly List[] | undefined {
    if (this.folded.has(step.id)) return undefined;
    const lists = listsOf(step);
    return lists.length > 0 ? lists : undefined;
  }

  /** Draws a list of steps from the top down; gives the ends that lead on to what follows. */
  list(steps: readonly Step[], at: { cx: number; top: number; list: string; ends: End[] }): End[] {
    let { top, ends } = at;
    for (const step of steps) {
      const y = step.kind === 'for_each' && this.openLists(step) ? top + PAD : top;
      for (const end of ends) this.wire(end.id, step.id, elbow(end, { x: at.cx, y }, (end.y + top) / 2));
      ends = this.one(step, at.cx, top, at.list);
      top += this.measure(step).h + GAP;
    }
    return ends;
  }

  private one(step: Step, cx: number, y: number, list: string): End[] {
    const lists = this.openLists(step);
    const place = { list, after: step.id };
    if (lists && step.kind === 'for_each') return this.loop(step, lists[0] as List, { cx, y, place });
    const hidden = lists || !this.folded.has(step.id) ? 0 : countInside(step);
    const own = { id: step.id, type: 'step' as const, x: cx - W / 2, y, w: W, h: H, step, hidden };
    this.nodes.push({ ...own, place: lists ? null : place });
    if (step.kind === 'stop') return [];
    if (!lists) return [{ id: step.id, x: cx, y: y + H }];
    return this.branches(step, lists, { cx, y, place });
  }

  private branches(step: Step, lists: readonly List[], at: { cx: number; y: number; place: Place }): End[] {
    const { cx, y, place } = at;
    const columns = lists.map((each) => ({ ...each, width: Math.max(this.measureAll(each.steps).w, LEAST) }));
    const total = columns.reduce((sum, column) => sum + column.width, 0) + COLUMN * (columns.length - 1);
    let x = cx - total / 2;
    const ends: End[] = [];
    for (const { key, label, steps, width } of columns) {
      const list = `${step.id}/${key}`;
      const mid = x + width / 2;
      const below = { id: list, x: mid, y: y + H + 54 };
      const size = { x, y: y + H + 30, w: width, h: 24 };
      this.nodes.push({ id: list, type: 'label', ...size, text: label, place: { list, after: null } });
      this.wire(step.id, list, elbow({ x: cx, y: y + H }, { x: mid, y: y + H + 30 }, y + H + 15));
      ends.push(...this.list(steps, { cx: mid, top: y + H + FAN, list, ends: [below] }));
      x += width + COLUMN;
    }
    if (ends.length === 0) return []; // every branch stops: nothing follows
    const after = { id: `${step.id}:after`, x: cx, y: y + this.measure(step).h };
    for (const end of ends) this.wire(end.id, after.id, elbow(end, after, after.y - BEND - 2));
    this.addBelow(step.id, cx, after.y, place);
    return [after];
  }

  /** A box around the step and what it repeats, and a line back on the left. */
  private loop(step: Step, body: List, at: { cx: number; y: number; place: Place }): End[] {
    const { cx, y, place } = at;
    const box = this.measure(step);
    const top = y + PAD;
    this.nodes.push({ id: `${step.id}:box`, type: 'box', x: cx - box.w / 2, y, w: box.w, h: box.h });
    this.nodes.push({ id: step.id, type: 'step', x: cx - W / 2, y: top, w: W, h: H, step, hidden: 0, place: null });
    const list = `${step.id}/${body.key}`;
    const inside = { x: cx - 60, y: top + H + 8, w: 120, h: 20 };
    this.nodes.push({ id: list, type: 'label', ...inside, text: '', place: { list, after: null } });
    const begin = { id: step.id, x: cx, y: top + H };
    const ends = this.list(body.steps, { cx, top: top + H + GAP, list, ends: [begin] });
    const bottom = y + box.h - PAD / 2;
    const left = cx - box.w / 2 + PAD / 2 + 2;
    const middle = top + H / 2;
    for (const end of ends) {
      const down = `M${end.x} ${end.y}V${bottom - BEND}Q${end.x} ${bottom} ${end.x - BEND} ${bottom}H${left + BEND}`;
      const up = `Q${left} ${bottom} ${left} ${bottom - BEND}V${middle + BEND}Q${left} ${middle} ${left + BEND} ${middle}`;
      this.wire(end.id, `${step.id}:box`, `${down}${up}H${cx - W / 2}`, true);
    }
    this.addBelow(step.id, cx, y + box.h, place);
    return [{ id: `${step.id}:box`, x: cx, y: y + box.h }];
  }

  /** The add button of an open branch or loop belongs below the whole of it. */
  private addBelow(step: string, cx: number, bottom: number, place: Place) {
    const size = { x: cx - 60, y: bottom + GAP / 2 - 10, w: 120, h: 20 };
    this.nodes.push({ id: `${step}:after`, type: 'label', ...size, text: '', place });
  }

  private wire(from: string, to: string, d: string, back = false) {
    this.wires.push({ id: `${from}>${to}`, d, back });
  }
}
