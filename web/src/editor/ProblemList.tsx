// Everything that is wrong with the definition; a press leads to the step and the field.
import { Loader, UnstyledButton } from '@mantine/core';
import { Icon } from '../components/icons';
import { ErrorBox } from '../components/States';
import { jumpTo } from '../forms/jump';
import { keysOf } from '../forms/places';
import type { Definition } from './document';
import { PanelHead } from './PanelHead';
import type { Problem, Problems } from './problems';
import { stepOfPointer } from './tree';
import './panels.css';

export type ProblemListProps = {
  definition: Definition;
  problems: Problems;
  /** Selects a step, or `trigger` for what stands in no step; the list then leads to the field by itself. */
  onSelect: (id: string) => void;
  onClose?: () => void;
};

export function ProblemList({ definition, problems: found, onSelect, onClose }: ProblemListProps) {
  const { problems, checking, error } = found;
  const go = (problem: Problem) => {
    onSelect(stepOfPointer(definition, problem.pointer)?.id ?? 'trigger');
    jumpTo(problem.pointer);
  };
  return (
    <section className="problem-list" aria-label="Problems">
      <PanelHead icon="alert" title="Problems" closes="Close problems" onClose={onClose} />
      {error !== null && <ErrorBox error={error} />}
      {problems.length === 0 && error === null && (
        <p className="problem-none">
          {checking ? <Loader size={14} /> : <Icon name="check" size={16} className="good" />}
          {checking ? 'Checking…' : 'Nothing is wrong with this definition.'}
        </p>
      )}
      <ul>
        {problems.map((problem) => (
          <li key={JSON.stringify(problem)}>
            <UnstyledButton className="problem" onClick={() => go(problem)}>
              <Icon name="alert" size={16} />
              <span>
                <strong>{placeOf(definition, problem)}</strong>
                <span>{problem.message}</span>
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The step by its name and the key, and the workspace where it is about one. */
function placeOf(definition: Definition, { pointer, workspace, line }: Problem): string {
  const step = stepOfPointer(definition, pointer);
  const keys = step ? [step.id, ...keysOf(step.rest)] : keysOf(pointer);
  const place = keys.length > 0 ? keys.join(' › ') : 'Definition';
  return `${workspace === null ? '' : `Workspace ${workspace}: `}${place}${line && line > 1 ? `, line ${line}` : ''}`;
}
