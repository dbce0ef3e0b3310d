// The search field of a list: `/` brings one there, and the address follows once typing rests.
import { CloseButton, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Icon } from './icons';

const RESTS_MS = 250;

type Props = { label: string; value: string | undefined; onChange: (text: string | undefined) => void; w?: number };

export function SearchInput({ label, value, onChange, w = 240 }: Props) {
  const [text, setText] = useState(value ?? '');
  const said = useRef(value ?? '');
  const change = useRef(onChange);
  change.current = onChange;
  useEffect(() => {
    if ((value ?? '') === said.current) return;
    said.current = value ?? ''; // the address was changed elsewhere: Back, a link
    setText(said.current);
  }, [value]);
  useEffect(() => {
    if (text === said.current) return;
    const timer = window.setTimeout(() => {
      said.current = text;
      change.current(text.trim() === '' ? undefined : text);
    }, RESTS_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <TextInput
      data-search
      type="search"
      size="sm"
      w={w}
      aria-label={label}
      placeholder={`${label}  /`}
      value={text}
      onChange={(event) => setText(event.target.value)}
      leftSection={<Icon name="search" size={15} />}
      rightSection={text && <CloseButton size="sm" aria-label="Clear the search" onClick={() => setText('')} />}
    />
  );
}
