// The canvas' nodes: objects stay the same while nothing about them has changed, so that only what changed is drawn anew.
import { useMemo, useRef } from 'react';
import { statusWord } from '../components/StatusBadge';
import { type CanvasNode, type Mark, type StepState, spoken } from './CanvasNodes';
import type { Placed, PlacedNode } from './layout';
import { placeKey, TRIGGER } from './tree';

type Looks = {
  selected: string | null;
  movable: boolean;
  marks?: ReadonlyMap<string, Mark>;
  states?: ReadonlyMap<string, StepState>;
  problems?: ReadonlyMap<string, number>;
};

export function useNodes(placed: Placed, looks: Looks): CanvasNode[] {
  const { selected, movable, marks, states, problems } = looks;
  const cache = useRef(new Map<string, CanvasNode>());
  return useMemo(() => {
    const next = new Map<string, CanvasNode>();
    const steps = placed.nodes.filter((node) => node.type === 'step');
    const numbers = new Map(steps.map((node, index) => [node.id, index + 1]));
    for (const node of placed.nodes) {
      const isSelected = node.id === selected;
      const active = isSelected || (selected === null && node.id === TRIGGER);
      const made = nodeOf(node, {
        data: {
          placed: node,
          mark: marks?.get(node.id),
          state: states?.get(node.id),
          problems: problems?.get(node.id) ?? 0,
        },
        selected: isSelected,
        movable: node.type === 'step' && movable && node.id !== TRIGGER,
        tabIndex: node.type === 'step' && active ? 0 : -1,
        at: { number: numbers.get(node.id) ?? 0, of: steps.length },
      });
      const old = cache.current.get(node.id);
      next.set(node.id, old && same(old, made) ? old : made);
    }
    cache.current = next;
    return [...next.values()];
  }, [placed, selected, movable, marks, states, problems]);
}

type Made = {
  data: CanvasNode['data'];
  selected: boolean;
  movable: boolean;
  tabIndex: number;
  at: { number: number; of: number };
};

function nodeOf(node: PlacedNode, made: Made): CanvasNode {
  const isStep = node.type === 'step';
  const { mark, state, problems } = made.data;
  const wrong = problems > 0 ? `${problems} ${problems === 1 ? 'problem' : 'problems'}` : undefined;
  return {
    id: node.id,
    type: node.type,
    position: { x: node.x, y: node.y },
    width: node.w,
    height: node.h,
    measured: { width: node.w, height: node.h }, // the layout knows: nothing has to be measured
    data: made.data,
    selected: made.selected,
    className: made.movable ? 'nopan canvas-movable' : undefined,
    selectable: isStep,
    focusable: isStep,
    zIndex: node.type === 'box' ? 0 : 1,
    ariaRole: isStep ? 'group' : 'presentation',
    ariaLabel: isStep ? spoken(node, made.at, [mark, state && statusWord(state.status), wrong]) : undefined,
    domAttributes: { tabIndex: made.tabIndex, 'aria-roledescription': isStep ? 'step' : undefined },
  };
}

function same(old: CanvasNode, made: CanvasNode): boolean {
  const one = old.data;
  const other = made.data;
  return (
    one.mark === other.mark &&
    one.problems === other.problems &&
    one.state?.status === other.state?.status &&
    one.state?.ms === other.state?.ms &&
    one.state?.text === other.state?.text &&
    old.selected === made.selected &&
    old.className === made.className &&
    old.position.x === made.position.x &&
    old.position.y === made.position.y &&
    old.width === made.width &&
    old.height === made.height &&
    old.ariaLabel === made.ariaLabel &&
    old.domAttributes?.tabIndex === made.domAttributes?.tabIndex &&
    samePlace(one.placed, other.placed)
  );
}

function samePlace(one: PlacedNode, other: PlacedNode): boolean {
  if (one.type === 'box' || other.type === 'box') return one.type === other.type;
  const places = (one.place && placeKey(one.place)) === (other.place && placeKey(other.place));
  if (one.type === 'step')
    return places && other.type === 'step' && one.step === other.step && one.hidden === other.hidden;
  return places && other.type === 'label' && one.text === other.text;
}
