// A JSON value for reading: folded by depth, exact in every digit, copied with one press.
import { ActionIcon, CopyButton } from '@mantine/core';
import { useState } from 'react';
import { rawDigits } from '../api/exact_json';
import { Icon } from './icons';

const MANY = 100;
const LONG = 2000;

export function JsonView({ value, label }: { value: unknown; label: string }) {
  return (
    <figure className="json" aria-label={label}>
      <CopyButton value={JSON.stringify(value, null, 2) ?? 'null'}>
        {({ copied, copy }) => (
          <ActionIcon className="json-copy" variant="subtle" size="sm" onClick={copy} aria-label={`Copy ${label}`}>
            <Icon name={copied ? 'check' : 'copy'} size={14} />
          </ActionIcon>
        )}
      </CopyButton>
      <Node value={value} depth={0} />
    </figure>
  );
}

function Node({ value, depth }: { value: unknown; depth: number }) {
  const digits = rawDigits(value);
  if (digits !== undefined) return <span className="json-number">{digits}</span>;
  if (Array.isArray(value)) return <Items entries={value.map((each, at) => [String(at), each])} depth={depth} list />;
  if (typeof value === 'object' && value !== null) return <Items entries={Object.entries(value)} depth={depth} />;
  if (typeof value === 'string') return <Text text={value} />;
  return <span className={`json-${value === null ? 'null' : typeof value}`}>{String(value)}</span>;
}

function Text({ text }: { text: string }) {
  const [whole, showWhole] = useState(text.length <= LONG);
  return (
    <>
      <span className="json-string">{JSON.stringify(whole ? text : text.slice(0, LONG))}</span>
      {!whole && (
        <button type="button" className="json-more" onClick={() => showWhole(true)}>
          {text.length - LONG} more characters
        </button>
      )}
    </>
  );
}

function Items({ entries, depth, list = false }: { entries: [string, unknown][]; depth: number; list?: boolean }) {
  const [shown, show] = useState(MANY);
  if (entries.length === 0) return <span className="json-null">{list ? '[]' : '{}'}</span>;
  return (
    <details open={depth < 2} className="json-node">
      <summary>
        {list ? `list of ${entries.length}` : `${entries.length} ${entries.length === 1 ? 'key' : 'keys'}`}
      </summary>
      <ul>
        {entries.slice(0, shown).map(([key, each]) => (
          <li key={key}>
            <span className="json-key">{key}</span>: <Node value={each} depth={depth + 1} />
          </li>
        ))}
      </ul>
      {entries.length > shown && (
        <button type="button" className="json-more" onClick={() => show(shown + 1000)}>
          {entries.length - shown} more
        </button>
      )}
    </details>
  );
}
