// What stands on the canvas: cards of steps, labels of branches, boxes of loops, and the buttons to add a step.
import type { Node, NodeProps } from '@xyflow/react';
import { createContext, memo, useContext } from 'react';
import { Icon, isIcon } from '../components/icons';
import { statusWord } from '../components/StatusBadge';
import { duration } from '../components/Time';
import type { PlacedNode } from './layout';
import { kindWord, stepName, summary } from './summary';
import { listsOf, type Place, placeKey, TRIGGER } from './tree';

export type Mark = 'added' | 'removed' | 'moved' | 'changed';
export type StepState = { status: string; ms?: number; text?: string };
export type CanvasNode = Node<{
  placed: PlacedNode;
  mark?: Mark;
  state?: StepState;
  problems: number;
}>;

/** What can be done on the canvas; empty where it is only looked at. */
export type Actions = { onAdd?: (place: Place) => void; onFold?: (id: string) => void; folded: ReadonlySet<string> };
export const ActionsContext = createContext<Actions>({ folded: new Set() });

export const MARKS: Record<Mark, string> = {
  added: '+ added',
  removed: '− removed',
  changed: '~ changed',
  moved: '↕ moved',
};
const SIGNS: Record<string, { icon: 'check' | 'x' | 'wait' | 'rerun' | 'right'; tone: string }> = {
  success: { icon: 'check', tone: 'good' },
  failed: { icon: 'x', tone: 'bad' },
  exception: { icon: 'x', tone: 'bad' },
  running: { icon: 'rerun', tone: 'busy' },
  suspended: { icon: 'wait', tone: 'busy' },
  waiting: { icon: 'wait', tone: 'busy' },
};

function AddButton({ place, label }: { place: Place; label: string }) {
  const { onAdd } = useContext(ActionsContext);
  if (!onAdd) return null;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="canvas-add nodrag nopan"
      data-place={placeKey(place)}
      aria-label={`Add a step ${label}`}
      title="Add a step"
      onClick={(event) => {
        event.stopPropagation();
        onAdd(place);
      }}
    >
      <Icon name="plus" size={14} strokeWidth={2.4} />
    </button>
  );
}

const StepNode = memo(({ data, selected }: NodeProps<CanvasNode>) => {
  const { placed, mark, state, problems } = data;
  if (placed.type !== 'step') return null;
  const { step } = placed;
  const looks = [
    'card',
    `card-${step.id === TRIGGER ? 'trigger' : step.kind}`,
    selected && 'card-selected',
    mark && `card-mark-${mark}`,
    step.disabled === true && 'card-disabled',
    state && `card-state-${state.status}`,
    problems > 0 && 'card-wrong',
  ];
  const name = stepName(step, step.id === TRIGGER);
  const inside = `${placed.hidden} ${placed.hidden === 1 ? 'step' : 'steps'} inside`;
  return (
    <>
      <div className={looks.filter(Boolean).join(' ')}>
        <span className="card-icon">
          <Icon name={isIcon(step.kind) ? step.kind : 'set'} size={20} />
        </span>
        <span className="card-text">
          <strong title={name}>{name}</strong>
          <small>{placed.hidden ? inside : step.id === TRIGGER ? 'Starts a run' : summary(step)}</small>
        </span>
        {step.disabled === true && <span className="card-tag">off</span>}
        {state && <State state={state} />}
        {problems > 0 && (
          <span className="card-problems" title={`${problems} ${problems === 1 ? 'problem' : 'problems'}`}>
            <Icon name="alert" size={12} strokeWidth={2.6} />
            {problems}
          </span>
        )}
        {listsOf(step).length > 0 && <Fold id={step.id} name={name} />}
        {mark && <span className="card-mark">{MARKS[mark]}</span>}
      </div>
      {placed.place && step.kind !== 'stop' && <AddButton place={placed.place} label={`after ${name}`} />}
    </>
  );
});

function State({ state: { status, ms, text } }: { state: StepState }) {
  const sign = SIGNS[status] ?? { icon: 'right' as const, tone: 'quiet' };
  const took = ms === undefined || status === 'skipped' ? '' : duration(ms);
  return (
    <span className={`card-state status-${sign.tone}`} title={text ?? statusWord(status)}>
      <Icon name={sign.icon} size={13} strokeWidth={3} />
      <small>{took || statusWord(status)}</small>
    </span>
  );
}

function Fold({ id, name }: { id: string; name: string }) {
  const { onFold, folded } = useContext(ActionsContext);
  if (!onFold) return null;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="canvas-fold nodrag nopan"
      aria-label={folded.has(id) ? `Unfold ${name}` : `Fold ${name}`}
      onClick={(event) => {
        event.stopPropagation();
        onFold(id);
      }}
    >
      <Icon name="fold" size={15} />
    </button>
  );
}

const LabelNode = memo(({ data: { placed } }: NodeProps<CanvasNode>) => {
  if (placed.type !== 'label') return null;
  const where = placed.text ? `first in ${placed.text}` : placed.place.after ? 'after this block' : 'first in the loop';
  return (
    <>
      {placed.text && (
        <div className="canvas-label">
          <span title={placed.text}>{placed.text}</span>
        </div>
      )}
      <AddButton place={placed.place} label={where} />
    </>
  );
});

const BoxNode = memo(() => <div className="canvas-loop" />);

export const nodeTypes = { step: StepNode, label: LabelNode, box: BoxNode };

/** What is read out of a step. */
export function spoken(node: PlacedNode, at: { number: number; of: number }, more: (string | undefined)[]): string {
  if (node.type !== 'step') return '';
  const isTrigger = node.step.id === TRIGGER;
  const what = isTrigger
    ? `Trigger: ${kindWord(node.step.kind)}`
    : `${kindWord(node.step.kind)}: ${stepName(node.step)}`;
  return [`${what}, step ${at.number} of ${at.of}`, ...more.filter(Boolean)].join(', ');
}
