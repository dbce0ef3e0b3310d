// Try it: runs the unsaved draft with an input that is made, kept, or taken from an earlier run.
import { Button, UnstyledButton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { Icon, isIcon } from '../components/icons';
import { JsonView } from '../components/JsonView';
import { ErrorBox } from '../components/States';
import { StatusBadge } from '../components/StatusBadge';
import { duration, lasted } from '../components/Time';
import type { Definition } from './document';
import { PanelHead } from './PanelHead';
import { isOpen, type Run } from './records';
import { Loops, RunError, StepResult } from './StepResult';
import { TryInput } from './TryInput';
import type { Trying } from './trying';
import { useTryInput } from './useTryInput';
import './panels.css';
import './try.css';

export type TryPanelProps = {
  flow: string;
  workspace: string;
  definition: Definition;
  trying: Trying;
  /** Id of the step that is selected on the canvas. */
  selected: string | null;
  onSelect: (id: string) => void;
  /** Id of an earlier run whose input is taken (`?run=`). */
  fromRun?: string;
  onClose: () => void;
};

export function TryPanel(props: TryPanelProps) {
  const { flow, workspace, definition, trying, selected, onSelect, fromRun, onClose } = props;
  const input = useTryInput(flow, definition, fromRun);
  const { run, busy } = trying;
  const shown = selected === null ? null : trying.stepRun(selected);
  return (
    <aside className="panel try-panel" aria-label="Try it">
      <PanelHead icon="run" title="Try it" closes="Close Try it" onClose={onClose} />
      <div className="panel-body">
        <p className="field-about">
          Runs what is on the canvas now, saved or not, as a test run in <strong>{workspace}</strong>. Requests to other
          systems are really sent.
        </p>
        <div className="try-actions">
          <Button
            className="cta"
            leftSection={<Icon name="run" size={16} />}
            loading={busy && run === null}
            disabled={!input.ready || (busy && run !== null)}
            onClick={() => void trying.start(definition, input.value)}
          >
            {run ? 'Run again' : 'Run'}
          </Button>
          {run && busy && (
            <Button variant="default" leftSection={<Icon name="stop" size={16} />} onClick={() => void trying.stop()}>
              Stop
            </Button>
          )}
          {run && !busy && (
            <Button variant="subtle" onClick={trying.clear}>
              Clear result
            </Button>
          )}
        </div>
        <TryInput flow={flow} workspace={workspace} input={input} />
        {trying.error != null && <ErrorBox error={trying.error} />}
        {run && (
          <Result
            run={run}
            trying={trying}
            selected={selected}
            onSelect={onSelect}
            changed={trying.tried !== definition}
          />
        )}
        {run && shown && (
          <section aria-label="Step in this try" className="try-step">
            <h3 className="try-step-title">{shown.id}</h3>
            <StepResult record={shown} trying={{ ...trying, loops: [] }} />
          </section>
        )}
      </div>
    </aside>
  );
}

type ResultProps = Pick<TryPanelProps, 'trying' | 'selected' | 'onSelect'> & { run: Run; changed: boolean };

function Result({ run, trying, selected, onSelect, changed }: ResultProps) {
  const result = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is brought into sight when it begins and when it ends
  useEffect(() => {
    result.current?.scrollIntoView({ block: 'start' }); // gives a promise in newer browsers: nothing to clean up
  }, [run.id, isOpen(run)]);
  const ids = [...new Set(run.steps.map((step) => step.id))];
  return (
    <section aria-label="Result" className="try-result" ref={result}>
      <div className="try-result-head" role="status">
        <StatusBadge status={run.status} />
        {run.started_at && run.ended_at && <span>{lasted(run.started_at, run.ended_at)}</span>}
        <a href={`/runs/${run.id}`} target="_blank" rel="noreferrer">
          Open the run
        </a>
      </div>
      {changed && !isOpen(run) && <p className="quiet try-old">The draft has changed since this try.</p>}
      {run.error && <RunError error={run.error} onSelect={onSelect} />}
      {run.outcome && (
        <div className="try-outcome">
          <p>
            Outcome: <strong>{run.outcome.status}</strong>
            {run.outcome.message && <> · {run.outcome.message}</>}
          </p>
          {run.outcome.details != null && <JsonView value={run.outcome.details} label="Details of the outcome" />}
        </div>
      )}
      <Loops trying={trying} />
      <ul className="try-steps" aria-label="Steps of this try">
        {ids.map((id) => (
          <li key={id}>
            <TriedStep id={id} trying={trying} current={id === selected} onSelect={onSelect} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type TriedProps = Pick<TryPanelProps, 'trying' | 'onSelect'> & { id: string; current: boolean };

function TriedStep({ id, trying, current, onSelect }: TriedProps) {
  const record = trying.stepRun(id);
  const state = trying.states.get(id);
  if (!record || !state) return null;
  return (
    <UnstyledButton className="try-step-line" aria-current={current || undefined} onClick={() => onSelect(id)}>
      <Icon name={isIcon(record.kind) ? record.kind : 'info'} size={15} />
      <span className="cut mono">{id}</span>
      <span className="quiet cut">{state.text}</span>
      <span className="quiet">{state.ms === undefined ? '' : duration(state.ms)}</span>
      <StatusBadge status={state.status} />
    </UnstyledButton>
  );
}
