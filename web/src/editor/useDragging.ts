// A step is dragged to a plus sign. The card follows the pointer by itself: nothing is rendered until it is dropped.
import { type ReactFlowInstance, useReactFlow } from '@xyflow/react';
import { type RefObject, useEffect, useRef } from 'react';
import type { CanvasNode } from './CanvasNodes';
import type { Placed, PlacedStep } from './layout';
import { contains, type Place, placeKey, TRIGGER } from './tree';

/** How near to a plus sign a step must be to land there, in the canvas' measure. */
const NEAR = 170;
/** A press that moves less is a click. */
const THRESHOLD = 4;
/** So near to the edge the canvas moves on, by so much with each frame. */
const EDGE = 36;
const GLIDE = 9;

type Target = { key: string; place: Place; x: number; y: number };
type Flow = ReactFlowInstance<CanvasNode>;
type Dropped = (id: string, place: Place) => void;

export function useDragging(root: RefObject<HTMLDivElement | null>, placed: Placed, onMove: Dropped | undefined) {
  const flow = useReactFlow<CanvasNode>();
  const latest = useRef({ placed, onMove });
  latest.current = { placed, onMove };
  const movable = onMove !== undefined;
  useEffect(() => {
    const frame = root.current;
    if (!movable || !frame) return;
    let end: (() => void) | undefined;
    const pressed = (event: PointerEvent) => {
      const on = event.target as Element;
      const card = on.closest<HTMLElement>('.react-flow__node-step');
      if (!card || !event.isPrimary || event.button !== 0 || on.closest('.nodrag')) return;
      const node = latest.current.placed.nodes.find((each) => each.id === card.dataset.id);
      if (node?.type !== 'step' || node.id === TRIGGER) return;
      const targets = targetsFor(node, latest.current.placed);
      end = drag(event, { card, frame, node, targets, flow }, (place) => latest.current.onMove?.(node.id, place));
    };
    frame.addEventListener('pointerdown', pressed);
    return () => {
      frame.removeEventListener('pointerdown', pressed);
      end?.();
    };
  }, [root, flow, movable]);
}

/** Where a step can land: at every plus sign but its own and those within it. */
function targetsFor({ step }: PlacedStep, { nodes }: Placed): Target[] {
  return nodes.flatMap((node) => {
    if (node.type === 'box' || !node.place || (node.type === 'step' && node.step.kind === 'stop')) return [];
    const { place } = node;
    if (place.after === step.id || (place.list && contains(step, place.list))) return [];
    return [{ key: placeKey(place), place, x: node.x + node.w / 2, y: node.y + node.h + 23 }];
  });
}

type Dragged = { card: HTMLElement; frame: HTMLElement; node: PlacedStep; targets: readonly Target[]; flow: Flow };

/** Follows one press until it ends; gives the way to break it off. */
function drag(start: PointerEvent, { card, frame, node, targets, flow }: Dragged, drop: (place: Place) => void) {
  const from = flow.screenToFlowPosition({ x: start.clientX, y: start.clientY });
  const resting = card.style.transform;
  let at = { x: start.clientX, y: start.clientY };
  let moving = false;
  let target: Target | null = null;
  const follow = () => {
    const now = flow.screenToFlowPosition(at);
    const [x, y] = [node.x + now.x - from.x, node.y + now.y - from.y];
    card.style.transform = `translate(${x}px, ${y}px)`;
    const next = nearest(targets, x + node.w / 2, y + node.h / 2);
    if (next === target) return;
    light(frame, target, false);
    light(frame, next, true);
    target = next;
  };
  const glide = () => {
    if (!moving) return;
    if (glided(frame, at, flow)) follow();
    requestAnimationFrame(glide);
  };
  const move = (event: PointerEvent) => {
    at = { x: event.clientX, y: event.clientY };
    if (!moving) {
      if (Math.hypot(at.x - start.clientX, at.y - start.clientY) < THRESHOLD) return;
      moving = true;
      card.setPointerCapture(start.pointerId);
      card.classList.add('dragging');
      requestAnimationFrame(glide);
    }
    follow();
  };
  const end = (lands: boolean) => {
    for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener as () => void);
    if (!moving) return;
    moving = false;
    card.classList.remove('dragging');
    card.style.transform = resting;
    light(frame, target, false);
    if (lands) frame.addEventListener('click', swallow, { capture: true, once: true });
    window.setTimeout(() => frame.removeEventListener('click', swallow, { capture: true }));
    if (lands && target) drop(target.place);
  };
  const listeners = {
    pointermove: move,
    pointerup: () => end(true),
    pointercancel: () => end(false),
    keydown: (event: KeyboardEvent) => event.key === 'Escape' && end(false),
  };
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener as () => void);
  return () => end(false);
}

/** The click that ends a drag opens nothing. */
const swallow = (event: Event) => event.stopPropagation();

function nearest(targets: readonly Target[], x: number, y: number): Target | null {
  let best: Target | null = null;
  let least = NEAR ** 2;
  for (const each of targets) {
    const far = (each.x - x) ** 2 + (each.y - y) ** 2;
    if (far < least) [best, least] = [each, far];
  }
  return best;
}

function light(frame: HTMLElement, target: Target | null, on: boolean) {
  if (!target) return;
  const sign = frame.querySelector(`[data-place="${CSS.escape(target.key)}"]`);
  sign?.classList.toggle('canvas-add-drop', on);
  sign?.closest('.react-flow__node')?.classList.toggle('canvas-lands', on);
}

/** Moves the canvas on while the pointer is at its edge; whether it did. */
function glided(frame: HTMLElement, at: { x: number; y: number }, flow: Flow): boolean {
  const { left, right, top, bottom } = frame.getBoundingClientRect();
  const by = (low: number, value: number, high: number) =>
    value < low + EDGE ? GLIDE : value > high - EDGE ? -GLIDE : 0;
  const [x, y] = [by(left, at.x, right), by(top, at.y, bottom)];
  if (x === 0 && y === 0) return false;
  const view = flow.getViewport();
  void flow.setViewport({ ...view, x: view.x + x, y: view.y + y });
  return true;
}
