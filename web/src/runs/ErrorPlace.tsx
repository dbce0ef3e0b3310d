// An error with its place: the expression or code it is in, and a caret under the column.
import { Link } from '@tanstack/react-router';
import type { Definition } from '../editor/document';
import { linesAt, placeWords, type RunFailure, runsIn } from './place';

export function ErrorPlace({ error, definition }: { error: RunFailure; definition: Definition | null }) {
  const lines = linesAt(definition, error);
  const place = placeWords(error);
  return (
    <div className="run-fault">
      <p className="run-fault-say">
        <Message text={error.message} />
      </p>
      <p className="quiet">
        <span className="mono">{error.code}</span>
        {place && ` at ${place}`}
      </p>
      {lines && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled sideways with the keys too
        <pre className="run-code" role="region" aria-label={`The text at ${place}`} tabIndex={0}>
          {lines.map(({ number, text, caret }) => (
            <span key={number} className={caret === null ? undefined : 'run-code-meant'}>
              {lines.length > 1 && <span className="run-code-number">{String(number).padStart(3)} </span>}
              <Marked text={text} caret={caret} />
              {'\n'}
              {caret !== null && `${' '.repeat(caret + (lines.length > 1 ? 4 : 0))}^ here\n`}
            </span>
          ))}
        </pre>
      )}
    </div>
  );
}

/** The word that begins at the caret, underlined. */
function Marked({ text, caret }: { text: string; caret: number | null }) {
  if (caret === null) return text;
  const word = /^[\w.]+|^\S/.exec(text.slice(caret))?.[0] ?? '';
  return (
    <>
      {text.slice(0, caret)}
      <u>{word}</u>
      {text.slice(caret + word.length)}
    </>
  );
}

/** A message in which the runs it names are links. */
export function Message({ text }: { text: string }) {
  const named = runsIn(text);
  if (named.length === 0) return text;
  return text.split(/(\brun_[0-9a-z]{26}\b)/).map((part, at) =>
    named.includes(part) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change their order
      <Link key={at} to="/runs/$run" params={{ run: part }}>
        {part.slice(0, 10)}…{part.slice(-6)}
      </Link>
    ) : (
      part
    ),
  );
}
