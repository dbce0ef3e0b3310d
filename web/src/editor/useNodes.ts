// The canvas' nodes: objects stay the same while nothing about them has changed, so that only what changed is drawn anew.
import { useMemo, useRef } from 'react';
import { statusWord } from '../components/StatusBadge';
import { type CanvasNode, type Mark, type StepState, spoken } from './CanvasNodes';
import type { Placed, PlacedNode } from './layout';
import { placeKey, TRIGGER } from './tree';

export type Dragged = { id: string; x: number; y: number; drop: string | null };

type Looks = {
  selected: string | null;
  movable: boolean;
  marks?: ReadonlyMap<string, Mark>;
  states?: ReadonlyMap<string, StepState>;
  problems?: ReadonlyMap<string, number>;
  dragged: Dragged | null;
};

export function useNodes(placed: Placed, looks: Looks): CanvasNode[] {
  const { selected, movable, marks, states, problems, dragged } = looks;
  const cache = useRef(new Map<string, CanvasNode>());
  return useMemo(() => {
    const next = new Map<string, CanvasNode>();
    const steps = placed.nodes.filter((node) => node.type === 'step');
    const numbers = new Map(steps.map((node, index) => [node.id, index + 1]));
    for (const node of placed.nodes) {
      const drag = dragged?.id === node.id ? dragged : null;
      const drop = Boolean(dragged?.drop && node.type !== 'box' && node.place && placeKey(node.place) === dragged.drop);
      const isSelected = node.id === selected;
      const active = isSelected || (selected === null && node.id === TRIGGER);
      const made = nodeOf(node, {
        position: drag ?? node,
        data: {
          placed: node,
          mark: marks?.get(node.id),
          state: states?.get(node.id),
          problems: problems?.get(node.id) ?? 0,
          drop,
        },
        selected: isSelected,
        draggable: node.type === 'step' && movable && node.id !== TRIGGER,
        tabIndex: node.type === 'step' && active ? 0 : -1,
        at: { number: numbers.get(node.id) ?? 0, of: steps.length },
        raised: drag !== null,
      });
      const old = cache.current.get(node.id);
      next.set(node.id, old && same(old, made) ? old : made);
    }
    cache.current = next;
    return [...next.values()];
  }, [placed, selected, movable, marks, states, problems, dragged]);
}

type Made = {
  position: { x: number; y: number };
  data: CanvasNode['data'];
  selected: boolean;
  draggable: boolean;
  tabIndex: number;
  at: { number: number; of: number };
  raised: boolean;
};

function nodeOf(node: PlacedNode, made: Made): CanvasNode {
  const isStep = node.type === 'step';
  const { mark, state, problems } = made.data;
  const wrong = problems > 0 ? `${problems} problems` : undefined;
  return {
    id: node.id,
    type: node.type,
    position: { x: made.position.x, y: made.position.y },
    width: node.w,
    height: node.h,
    data: made.data,
    selected: made.selected,
    draggable: made.draggable,
    selectable: isStep,
    focusable: isStep,
    zIndex: node.type === 'box' ? 0 : made.raised ? 10 : made.data.drop ? 11 : 1,
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
    one.drop === other.drop &&
    one.state?.status === other.state?.status &&
    one.state?.ms === other.state?.ms &&
    one.state?.text === other.state?.text &&
    old.selected === made.selected &&
    old.draggable === made.draggable &&
    old.position.x === made.position.x &&
    old.position.y === made.position.y &&
    old.width === made.width &&
    old.height === made.height &&
    old.zIndex === made.zIndex &&
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
