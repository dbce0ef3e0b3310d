// What started the run and what came of it: shown while no step is selected.
import { Icon } from '../components/icons';
import { ExactTime } from '../components/Time';
import type { Run } from '../editor/records';
import { Value } from './StepSide';
import { triggerIcon, triggerMore, triggerWord } from './trigger';

export function Overview({ run }: { run: Run }) {
  const more = triggerMore(run.trigger);
  return (
    <>
      <div className="run-side-head">
        <span className="run-side-icon">
          <Icon name={triggerIcon(run.trigger)} size={18} />
        </span>
        <div>
          <h2>The run as a whole</h2>
          <p className="quiet">
            {triggerWord(run.trigger)}
            {more && ` ${more}`}
          </p>
        </div>
      </div>
      {run.payload_removed_at && <Removed at={run.payload_removed_at} />}
      {run.outcome && (
        <>
          <h3 className="run-side-title">Outcome</h3>
          <p className="run-outcome">
            <strong className={run.outcome.status === 'failure' ? 'bad' : 'good'}>
              {run.outcome.status === 'failure' ? 'Failure' : 'Success'}
            </strong>
            {run.outcome.message && <> · {run.outcome.message}</>}
          </p>
          {run.outcome.details != null && <Value title="Details" value={run.outcome.details} none="" />}
        </>
      )}
      {!run.payload_removed_at && <Value title="Input" value={run.input} none="It was started without input." />}
    </>
  );
}

export function Removed({ at }: { at: string }) {
  return (
    <p className="run-why">
      <Icon name="info" size={16} />
      <span>
        Input, steps and details of this run were removed on <ExactTime at={at} />, as the retention settings say. What
        it was, where it ran and how it ended is kept; it cannot be run again.
      </span>
    </p>
  );
}
