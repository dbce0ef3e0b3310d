// One change in full: each key before and after, where a step was moved from and to, or a whole step that came or went.
import { lazy, Suspense } from 'react';
import type { S } from '../api/client';
import { JsonView } from '../components/JsonView';
import { Loading } from '../components/States';
import { type Change, type Field, placeWords, SIGNS, valueAt } from './changes';

const MergeText = lazy(() => import('./MergeText'));
const LONG = 90;

type Version = S['VersionDetailAnswer'];
type Props = { change: Change; from: Version; to: Version };

export function Details({ change, from, to }: Props) {
  const has = change.mark === 'removed' ? from : to;
  const whole = change.pointer !== undefined ? valueAt(has.definition, change.pointer) : undefined;
  const added = change.mark === 'added';
  return (
    <section className="compare-details" aria-label={`${change.title}: before and after`}>
      <div className="compare-heads">
        <h2>
          {change.title} <span className={`change-word mark-${change.mark}`}>{change.mark}</span>
        </h2>
        <span className="quiet">before: v{from.number}</span>
        <span className="quiet">after: v{to.number}</span>
      </div>
      {change.move && (
        <Row
          path="place"
          mark="changed"
          before={<p>{placeWords(from.definition, change.move.from)}</p>}
          after={
            <p>
              {placeWords(to.definition, change.move.to)}
              {change.move.from === change.move.to && ', among other neighbours'}
            </p>
          }
        />
      )}
      {whole !== undefined && (
        <Row
          path="the whole step"
          mark={added ? 'added' : 'removed'}
          before={added ? <Nothing /> : <JsonView value={whole} label={`Step ${change.title} before`} />}
          after={added ? <JsonView value={whole} label={`Step ${change.title} after`} /> : <Nothing />}
        />
      )}
      {change.fields.map((field) => (
        <FieldRow key={field.path} field={field} />
      ))}
    </section>
  );
}

function FieldRow({ field }: { field: Field }) {
  const { path, from, to, mark } = field;
  if (isLong(from, to))
    return (
      <div className={`compare-row compare-row-long mark-${mark}`}>
        <Path path={path} mark={mark} />
        <Suspense fallback={<Loading lines={2} />}>
          <MergeText
            from={textOf(from)}
            to={textOf(to)}
            fromLabel={`${path} before`}
            toLabel={`${path} after`}
            language={/(^|\.)code$/.test(path) ? 'python' : 'text'}
          />
        </Suspense>
      </div>
    );
  return (
    <Row
      path={path || 'all of it'}
      mark={mark}
      before={mark === 'added' ? <Nothing /> : <Value value={from} label={`${path} before`} />}
      after={mark === 'removed' ? <Nothing /> : <Value value={to} label={`${path} after`} />}
    />
  );
}

type RowProps = { path: string; mark: Field['mark']; before: React.ReactNode; after: React.ReactNode };

function Row({ path, mark, before, after }: RowProps) {
  return (
    <div className={`compare-row mark-${mark}`}>
      <Path path={path} mark={mark} />
      <div className="compare-value compare-before">{before}</div>
      <div className="compare-value compare-after">{after}</div>
    </div>
  );
}

function Path({ path, mark }: { path: string; mark: Field['mark'] }) {
  return (
    <h3 className="compare-path">
      <span className="change-sign" aria-hidden="true">
        {SIGNS[mark]}
      </span>
      <span className="mono">{path}</span> <span className="change-word">{mark}</span>
    </h3>
  );
}

const Nothing = () => <span className="quiet">not there</span>;

function Value({ value, label }: { value: unknown; label: string }) {
  if (typeof value === 'string') return <pre className="compare-string">{value === '' ? '“”' : value}</pre>;
  if (typeof value === 'object' && value !== null) return <JsonView value={value} label={label} />;
  return <pre className="compare-string">{String(value)}</pre>;
}

/** Texts that are too long to be seen at a glance are set side by side, line by line. */
function isLong(from: unknown, to: unknown): boolean {
  const texts = [from, to].filter((each) => typeof each === 'string');
  return texts.length === 2 && texts.some((text) => text.length > LONG || text.includes('\n'));
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
