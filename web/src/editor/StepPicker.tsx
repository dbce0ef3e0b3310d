// Chooses the kind of a new step; searched by typing, chosen with Enter.
import { Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { stepKindsQuery } from '../api/queries';
import { Icon, isIcon } from '../components/icons';
import { ErrorBox, Loading } from '../components/States';

export function StepPicker({ pick, close }: { pick: (kind: string) => void; close: () => void }) {
  const { data, error, isPending, refetch } = useQuery(stepKindsQuery());
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const words = text.toLowerCase().trim();
  const found = (data?.items ?? []).filter((kind) =>
    `${kind.name} ${kind.title} ${kind.about}`.toLowerCase().includes(words),
  );
  const byName = [...found].sort((a, b) => Number(nameFits(b, words)) - Number(nameFits(a, words)));
  const chosen = byName[Math.min(at, byName.length - 1)];
  const pressed = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(byName.length - 1, at + step)));
    } else if (event.key === 'Enter' && chosen) {
      event.preventDefault();
      pick(chosen.name);
    }
  };
  return (
    <Modal opened onClose={close} title="Add a step" size="md">
      <TextInput
        aria-label="Search kinds of steps"
        placeholder="Search"
        leftSection={<Icon name="search" size={15} />}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={pressed}
        role="combobox"
        aria-expanded
        aria-controls="step-kinds"
        aria-activedescendant={chosen && `kind-${chosen.name}`}
        data-autofocus
      />
      {isPending && <Loading lines={5} label="Loading kinds of steps" />}
      {error && <ErrorBox error={error} retry={() => void refetch()} />}
      {data && byName.length === 0 && <p className="quiet">No kind of step fits.</p>}
      <div className="picker" role="listbox" id="step-kinds" aria-label="Kinds of steps">
        {byName.map((kind) => (
          <button
            key={kind.name}
            id={`kind-${kind.name}`}
            type="button"
            role="option"
            aria-selected={kind === chosen}
            tabIndex={-1}
            className="picker-kind"
            onClick={() => pick(kind.name)}
          >
            <Icon name={isIcon(kind.name) ? kind.name : 'set'} size={20} />
            <span>
              <strong>{kind.title}</strong>
              <small>{firstSentence(kind.about)}</small>
            </span>
          </button>
        ))}
      </div>
    </Modal>
  );
}

const nameFits = (kind: { name: string; title: string }, words: string) =>
  `${kind.name} ${kind.title}`.toLowerCase().includes(words);

function firstSentence(about: string): string {
  const text = about.replace(/[`*#]/g, '').trim();
  const end = text.search(/[.:](\s|$)/);
  return end < 0 ? (text.split('\n')[0] ?? '') : text.slice(0, end + 1);
}
