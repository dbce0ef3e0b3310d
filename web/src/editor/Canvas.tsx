// A flow as a picture: its trigger and steps with all branches and loops, laid out by itself; to look at, or to edit.
import {
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  ViewportPortal,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useComputedColorScheme } from '@mantine/core';
import { type KeyboardEvent, memo, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import { CanvasControls } from './CanvasControls';
import { ActionsContext, type CanvasNode, type Mark, nodeTypes, type StepState } from './CanvasNodes';
import './canvas.css';
import type { Definition } from './document';
import { layout, type Placed, type PlacedWire } from './layout';
import { nextStep } from './moving';
import { type Place, TRIGGER } from './tree';
import { useDragging } from './useDragging';
import { useNodes } from './useNodes';

export type { Mark, StepState } from './CanvasNodes';

export type CanvasProps = {
  definition: Definition;
  selected: string | null;
  onSelect: (id: string | null) => void;
  label?: string;
  /** How steps differ from another version. */
  marks?: ReadonlyMap<string, Mark>;
  /** What a run did at each step. */
  states?: ReadonlyMap<string, StepState>;
  /** How many problems each step has. */
  problems?: ReadonlyMap<string, number>;
  folded?: ReadonlySet<string>;
  onFold?: (id: string) => void;
  /** Left out where the flow is only looked at. */
  onAdd?: (place: Place) => void;
  onMove?: (id: string, place: Place) => void;
  onKey?: (event: KeyboardEvent, id: string | null) => void;
};

/** Zoomed out farther than this, only names are shown, large. */
const FAR = 0.42;
/** A first view of the whole flow must be readable; else it shows the beginning. */
const READABLE = 0.6;

export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawn {...props} />
    </ReactFlowProvider>
  );
}

const NOTHING: ReadonlySet<string> = new Set();

function Drawn(props: CanvasProps) {
  const { definition, selected, onSelect, folded = NOTHING, onFold, onAdd, onMove, onKey } = props;
  const { marks, states, problems, label = 'Canvas of the flow' } = props;
  const placed = useMemo(() => layout(definition, folded), [definition, folded]);
  const root = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const scheme = useComputedColorScheme();
  const far = useStore((state) => state.transform[2] < FAR);
  useDragging(root, placed, onMove);
  const nodes = useNodes(placed, { selected, movable: Boolean(onMove), marks, states, problems });
  const actions = useMemo(() => ({ onAdd, onFold, folded }), [onAdd, onFold, folded]);
  useInSight(root, placed, selected, Boolean(onKey));

  const onNodeClick = useCallback(
    (_: unknown, node: CanvasNode) => {
      if (node.data.placed.type === 'step') onSelect(node.id);
    },
    [onSelect],
  );
  const onPaneClick = useCallback(() => onSelect(null), [onSelect]);
  const open = useCallback(() => firstView(flow, root.current, placed, selected), [flow, placed, selected]);

  const pressed = (event: KeyboardEvent) => {
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey;
    if (plain && event.key.startsWith('Arrow')) {
      event.preventDefault();
      const to = selected === null ? TRIGGER : nextStep(placed.nodes, selected, event.key);
      if (to) onSelect(to);
    } else if (plain && event.key === '1') void flow.fitView({ padding: 0.1 });
    else if (plain && event.key === '0') void flow.zoomTo(1);
    else if (plain && (event.key === '+' || event.key === '=')) void flow.zoomIn();
    else if (plain && event.key === '-') void flow.zoomOut();
    else onKey?.(event, selected);
  };

  usePageKeys(Boolean(onKey), pressed);

  return (
    <ActionsContext.Provider value={actions}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys are taken from the step that has the focus */}
      <div className={far ? 'canvas canvas-far' : 'canvas'} ref={root} onKeyDown={pressed}>
        <ReactFlow<CanvasNode>
          nodes={nodes}
          edges={NO_EDGES}
          nodeTypes={nodeTypes}
          colorMode={scheme}
          aria-label={label}
          role="region"
          nodesConnectable={false}
          edgesFocusable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          zoomOnDoubleClick={false}
          panOnScroll
          minZoom={0.08}
          maxZoom={1.6}
          nodesDraggable={false}
          elevateNodesOnSelect={false}
          onNodeClick={onNodeClick}
          onPaneClick={onPaneClick}
          onInit={open}
        >
          <Background variant={BackgroundVariant.Dots} gap={22} size={1.2} />
          <Wires wires={placed.wires} />
          <CanvasControls large={placed.nodes.length > 40} />
        </ReactFlow>
      </div>
    </ActionsContext.Provider>
  );
}

/** Where the canvas is the page's main part, it has the keys too while nothing else has the focus. */
function usePageKeys(wanted: boolean, pressed: (event: KeyboardEvent) => void) {
  const latest = useRef(pressed);
  latest.current = pressed;
  useEffect(() => {
    if (!wanted) return;
    const listen = (event: globalThis.KeyboardEvent) => {
      if (event.target === document.body) latest.current(event as unknown as KeyboardEvent);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [wanted]);
}

const NO_EDGES: never[] = [];

/** All lines are one picture: no handles to measure, and they are drawn anew only when the layout has changed. */
const Wires = memo(({ wires }: { wires: readonly PlacedWire[] }) => (
  <ViewportPortal>
    <svg className="canvas-wires" aria-hidden="true">
      {wires.map((wire) => (
        <path key={wire.id} d={wire.d} className={wire.back ? 'canvas-wire canvas-wire-back' : 'canvas-wire'} />
      ))}
    </svg>
  </ViewportPortal>
));

/** Everything where that is readable, else the selected step or the beginning. */
function firstView(
  flow: ReturnType<typeof useReactFlow>,
  root: HTMLElement | null,
  placed: Placed,
  selected: string | null,
) {
  const frame = root?.getBoundingClientRect();
  if (!frame) return;
  const fits = Math.min(frame.width / (placed.w + 80), frame.height / (placed.h + 80));
  if (placed.nodes.length > 1 && fits >= READABLE) return void flow.fitView({ padding: 0.08, maxZoom: 1 });
  const at = placed.nodes.find((node) => node.id === selected && node.id !== TRIGGER);
  if (at) void flow.setCenter(at.x + at.w / 2, at.y + at.h / 2, { zoom: 0.85 });
  else void flow.setViewport({ x: frame.width / 2, y: 24, zoom: placed.nodes.length > 1 ? 0.85 : 1 });
}

/** Keeps the selected step in sight, and focused while the focus is on the canvas. */
function useInSight(root: RefObject<HTMLDivElement | null>, placed: Placed, selected: string | null, takes: boolean) {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const had = useHadFocus(root);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a panel that opens can cover the step
  useEffect(() => {
    const node = placed.nodes.find((each) => each.id === selected);
    if (!node) return;
    return whenThere(root, node.id, (card, frame) => {
      const lost = (had.current || takes) && document.activeElement === document.body; // the card that had it is gone
      if (lost || frame.contains(document.activeElement)) card.focus({ preventScroll: true });
      const [around, box] = [frame.getBoundingClientRect(), card.getBoundingClientRect()];
      const above = box.top < around.top + 8 || box.left < around.left + 8;
      if (!above && box.bottom <= around.bottom - 8 && box.right <= around.right - 8) return;
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      const zoom = Math.max(flow.getZoom(), READABLE);
      void flow.setCenter(node.x + node.w / 2, node.y + node.h / 2, { zoom, duration: calm ? 0 : 180 });
    });
  }, [root, selected, placed, flow, width]);
}

/** A step that was just added is on the canvas a moment later. */
function whenThere(
  root: RefObject<HTMLDivElement | null>,
  id: string,
  act: (card: HTMLElement, frame: HTMLElement) => void,
) {
  let frames = 0;
  const look = () => {
    const card = root.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    if (card && root.current) act(card, root.current);
    else if (++frames < 10) waiting = requestAnimationFrame(look);
  };
  let waiting = 0;
  look();
  return () => cancelAnimationFrame(waiting);
}

/** Whether the focus was on the canvas before nothing had it. */
function useHadFocus(root: RefObject<HTMLDivElement | null>) {
  const had = useRef(false);
  useEffect(() => {
    const entered = (event: FocusEvent) => {
      had.current = Boolean(root.current?.contains(event.target as Element));
    };
    document.addEventListener('focusin', entered);
    return () => document.removeEventListener('focusin', entered);
  }, [root]);
  return had;
}
