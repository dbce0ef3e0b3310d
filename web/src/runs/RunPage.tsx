// A run: what ran, on which version, what each step did, and why it failed.
import { useMediaQuery } from '@mantine/hooks';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { hasCode } from '../api/problem';
import { useTitle } from '../components/Page';
import { Empty, ErrorBox, Loading } from '../components/States';
import type { Definition } from '../editor/document';
import type { Run } from '../editor/records';
import { stepName } from '../editor/summary';
import { entries, TRIGGER } from '../editor/tree';
import { Overview } from './Overview';
import { RunHeader } from './RunHeader';
import './run.css';
import './runs.css';
import { StepSide } from './StepSide';
import { TimeLine } from './TimeLine';
import { useLooked, useRunData } from './useRun';

const Canvas = lazy(() => import('../editor/Canvas').then((part) => ({ default: part.Canvas })));

export function RunPage() {
  const { run: id } = useParams({ from: '/shell/runs/$run' });
  const { run, definition, document } = useRunData(id);
  useTitle(run.data ? `Run of ${run.data.flow_name}` : 'Run');
  if (hasCode(run.error, 'not_found') && !run.data)
    return (
      <Empty icon="search" title="There is no such run" action={<Link to="/runs">Show all runs</Link>}>
        It may have been removed, or it lies in a workspace you cannot see.
      </Empty>
    );
  if (run.error && !run.data) return <ErrorBox error={run.error} retry={() => void run.refetch()} />;
  if (!run.data || definition.isPending) return <Loading label="Loading the run" />;
  return <Shown key={id} run={run.data} definition={document} />;
}

type ShownProps = { run: Run; definition: Definition | null };

function Shown({ run: given, definition }: ShownProps) {
  const looked = useLooked(given, definition);
  const { run } = looked;
  const phone = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const isStep = looked.id !== TRIGGER;
  const names = useMemo(
    () => new Map(definition ? entries(definition).map(({ step }) => [step.id, stepName(step)]) : []),
    [definition],
  );
  return (
    <div className="run">
      <RunHeader run={run} fromStep={isStep ? looked.id : null} goTo={looked.goTo} />
      <div className="run-body">
        <TimeLine run={run} path={looked.path} names={names} goTo={looked.goTo} />
        {!phone && <Picture definition={definition} looked={looked} />}
        <aside className="run-side" aria-label={isStep ? 'The selected step' : 'The run as a whole'}>
          {isStep ? <StepSide run={run} definition={definition} looked={looked} /> : <Overview run={run} />}
        </aside>
      </div>
    </div>
  );
}

type PictureProps = { definition: Definition | null; looked: ReturnType<typeof useLooked> };

function Picture({ definition, looked }: PictureProps) {
  if (!definition)
    return (
      <div className="run-picture">
        <Empty icon="flow" title="The definition is gone">
          It was an unsaved draft, and went with what the run did. The list of steps is what is left.
        </Empty>
      </div>
    );
  return (
    <div className="run-picture">
      <Suspense fallback={<Loading label="Loading the canvas" />}>
        <Canvas
          definition={definition}
          selected={looked.id}
          onSelect={looked.select}
          states={looked.states}
          label="Canvas of the run"
        />
      </Suspense>
    </div>
  );
}
