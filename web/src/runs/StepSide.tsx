// What the selected step did in this run: status, times, input, output, its error with the place, the item looked at.
import { Link } from '@tanstack/react-router';
import { rawDigits } from '../api/exact_json';
import { Icon, isIcon } from '../components/icons';
import { JsonView } from '../components/JsonView';
import { Empty } from '../components/States';
import { StatusBadge } from '../components/StatusBadge';
import { ExactTime, lasted } from '../components/Time';
import type { Definition, Step } from '../editor/document';
import { loopsOf, type Run, type StepRun } from '../editor/records';
import { kindWord, stepName } from '../editor/summary';
import { entryOf } from '../editor/tree';
import { isObject } from '../forms/places';
import { ErrorPlace } from './ErrorPlace';
import { ItemPicker } from './ItemPicker';
import './run_side.css';
import { calledRun, cutValue } from './place';
import { SignalForm } from './SignalForm';
import { whyUnrun } from './unrun';
import type { Looked } from './useRun';

type Props = { run: Run; definition: Definition | null; looked: Looked };

export function StepSide({ run, definition, looked }: Props) {
  const { id, at } = looked;
  const record = at.get(id);
  const step = definition ? entryOf(definition, id)?.step : undefined;
  const kind = step?.kind ?? record?.kind ?? 'set';
  const why = definition ? whyUnrun(definition, run, at, id) : null;
  return (
    <>
      <div className="run-side-head">
        <span className="run-side-icon">
          <Icon name={isIcon(kind) ? kind : 'info'} size={18} />
        </span>
        <div>
          <h2>{step ? stepName(step) : id}</h2>
          <p className="quiet">
            {kindWord(kind)} · <span className="mono">{record?.path ?? id}</span>
          </p>
        </div>
        {record && <StatusBadge status={why ? 'skipped' : record.status} />}
      </div>
      <Items id={id} definition={definition} looked={looked} record={record} />
      {why && <Why text={why.text} open={why.kind === 'later'} />}
      {record && !why && <Did run={run} record={record} step={step} definition={definition} />}
      {!record && !why && <Empty title="There is no such step">The definition that ran has no step {id}.</Empty>}
    </>
  );
}

function Why({ text, open }: { text: string; open: boolean }) {
  return (
    <p className="run-why">
      <Icon name={open ? 'wait' : 'right'} size={16} />
      {text}
    </p>
  );
}

type ItemsProps = { id: string; definition: Definition | null; looked: Looked; record: StepRun | undefined };

/** A picker for each loop around the step, and for its own items where it is a loop. */
function Items({ id, definition, looked, record }: ItemsProps) {
  const around = record ? loopsOf(record.path).map(([loop]) => loop) : loopsAround(definition, id);
  const shown = looked.loops.filter((loop) => loop.id === id || around.includes(loop.id));
  return shown.map((loop) => {
    const step = definition ? entryOf(definition, loop.id)?.step : undefined;
    return (
      <ItemPicker
        key={loop.id}
        loop={loop}
        name={step ? stepName(step) : loop.id}
        item={looked.iterations[loop.id] ?? 0}
        look={(item) => looked.look(loop.id, item)}
      />
    );
  });
}

function loopsAround(definition: Definition | null, id: string): string[] {
  const found: string[] = [];
  for (let entry = definition ? entryOf(definition, id) : undefined; entry?.parent && definition; ) {
    found.push(entry.parent.id);
    entry = entryOf(definition, entry.parent.id);
  }
  return found;
}

type DidProps = { run: Run; record: StepRun; step: Step | undefined; definition: Definition | null };

function Did({ run, record, step, definition }: DidProps) {
  const called = record.kind === 'call_flow' || step?.kind === 'call_flow' ? calledRun(record) : null;
  return (
    <>
      <Times record={record} />
      {called && (
        <p>
          <Icon name="call_flow" size={15} className="run-inline-icon" />{' '}
          <Link to="/runs/$run" params={{ run: called }}>
            Open the called run
          </Link>
        </p>
      )}
      {record.error && <ErrorPlace error={record.error} definition={definition} />}
      {record.status === 'suspended' && typeof step?.signal === 'string' && (
        <SignalForm run={run.id} path={record.path} signal={step.signal} />
      )}
      {record.status === 'suspended' && typeof step?.signal !== 'string' && <Waits record={record} />}
      <Value title="Input" value={record.input} none={noInput(record)} />
      {!record.error && record.ended_at && <Value title="Output" value={record.output} none="null" />}
    </>
  );
}

/** When it goes on, where that is known. */
function Waits({ record: { input, started_at } }: { record: StepRun }) {
  const seconds = isObject(input) ? Number(rawDigits(input.seconds) ?? input.seconds) : Number.NaN;
  if (!started_at || !Number.isFinite(seconds)) return <p className="quiet">It waits; the run goes on by itself.</p>;
  return (
    <p>
      It goes on by itself at <ExactTime at={new Date(Date.parse(started_at) + 1000 * seconds).toISOString()} />.
    </p>
  );
}

function noInput({ error, kind }: StepRun): string {
  if (error?.line) return 'It failed while its input was worked out.';
  return kind === null ? 'Shown once the run rests or has ended.' : 'It was given nothing.';
}

function Times({ record }: { record: StepRun }) {
  const { started_at, ended_at, attempts = 1 } = record;
  return (
    <dl className="run-facts">
      {started_at && (
        <div>
          <dt>Began</dt>
          <dd>
            <ExactTime at={started_at} />
          </dd>
        </div>
      )}
      {started_at && ended_at && (
        <div>
          <dt>Took</dt>
          <dd>{lasted(started_at, ended_at)}</dd>
        </div>
      )}
      <div>
        <dt>Attempts</dt>
        <dd>{attempts}</dd>
      </div>
    </dl>
  );
}

export function Value({ title, value, none }: { title: string; value: unknown; none: string }) {
  const cut = cutValue(value);
  return (
    <section className="run-value">
      <h3>{title}</h3>
      {cut ? (
        <>
          <p className="quiet">Too large to be kept whole ({Math.ceil(cut.bytes / 1024).toLocaleString('en')} KB).</p>
          {cut.begins && <pre className="run-code">{cut.begins}…</pre>}
        </>
      ) : value === null || value === undefined ? (
        <p className="quiet">{none}</p>
      ) : (
        <JsonView value={value} label={title} />
      )}
    </section>
  );
}
