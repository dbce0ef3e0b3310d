// Which kind of step is added, and where: a list that is searched by typing and walked with the arrows.
import { Modal, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { S } from '../api/client';
import { stepKindsQuery } from '../api/queries';
import { Icon, isIcon } from '../components/icons';
import { ErrorBox, Loading } from '../components/States';
import type { Place } from './tree';

type Kind = S['KindsAnswer']['items'][number];
export type Where = { label: string; place: Place };

type Props = {
  /** Where the step can go; the first is meant unless another is chosen. Null while nothing is added. */
  places: readonly Where[] | null;
  onPick: (kind: Kind, place: Place) => void;
  onClose: () => void;
};

export function StepPicker({ places, onPick, onClose }: Props) {
  return (
    <Modal
      opened={places !== null}
      onClose={onClose}
      title="Add a step"
      size={560}
      returnFocus={false}
      transitionProps={{ duration: 0 }}
    >
      {places && <Kinds places={places} onPick={onPick} />}
    </Modal>
  );
}

function Kinds({ places, onPick }: { places: readonly Where[]; onPick: Props['onPick'] }) {
  const { data, error, isPending, refetch } = useQuery(stepKindsQuery());
  const [text, search] = useState('');
  const [at, go] = useState(0);
  const [where, put] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const kinds = useMemo(() => found(data?.items ?? [], text), [data, text]);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const pick = (kind: Kind | undefined) => {
    const place = places[where]?.place;
    if (kind && place) onPick(kind, place);
  };
  const pressed = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      go((before) => (before + by + kinds.length) % Math.max(kinds.length, 1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      pick(kinds[at]);
    }
  };
  return (
    <div className="picker">
      {places.length > 1 && (
        <NativeSelect
          label="Where"
          value={String(where)}
          data={places.map(({ label }, index) => ({ value: String(index), label }))}
          onChange={(event) => put(Number(event.target.value))}
        />
      )}
      <TextInput
        data-autofocus
        aria-label="Search kinds of steps"
        placeholder="Search, then Enter"
        leftSection={<Icon name="search" size={16} />}
        value={text}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={kinds[at] && `${id}-${kinds[at].name}`}
        onChange={(event) => {
          search(event.target.value);
          go(0);
        }}
        onKeyDown={pressed}
      />
      {error && <ErrorBox error={error} retry={() => void refetch()} />}
      {isPending && <Loading label="Loading kinds of steps" />}
      <div className="picker-kinds" role="listbox" id={id} aria-label="Kinds of steps" ref={list}>
        {kinds.map((kind, index) => (
          <div
            key={kind.name}
            id={`${id}-${kind.name}`}
            role="option"
            aria-selected={index === at}
            className="picker-kind"
            onClick={() => pick(kind)}
          >
            <span className="card-icon">
              <Icon name={isIcon(kind.name) ? kind.name : 'set'} size={18} />
            </span>
            <span className="picker-words">
              <strong>{kind.title}</strong>
              <span className="quiet">{firstLine(kind.about)}</span>
            </span>
            <code>{kind.name}</code>
          </div>
        ))}
      </div>
      {kinds.length === 0 && <p className="quiet picker-none">No kind of step is called “{text}”.</p>}
    </div>
  );
}

/** Those whose name or title has the word come first, then those whose text has it. */
function found(kinds: readonly Kind[], text: string): Kind[] {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const has = (said: string) => words.every((word) => said.toLowerCase().includes(word));
  const named = kinds.filter((kind) => has(`${kind.title} ${kind.name} ${kind.name.replaceAll('_', ' ')}`));
  return [...named, ...kinds.filter((kind) => !named.includes(kind) && has(kind.about))];
}

/** The first sentence of the reference text, without its signs. */
function firstLine(about: string): string {
  const line = (about.split('\n\n')[0] ?? '').replaceAll('\n', ' ').replaceAll('`', '');
  return /^.*?[.:](?=\s|$)/.exec(line)?.[0].replace(/:$/, '.') ?? line;
}
