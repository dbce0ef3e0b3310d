// Text that was set aside when somebody else's version was opened: kept in this browser until it is brought back.
import { parseExact } from '../api/exact_json';
import type { Definition } from '../editor/document';

export type Aside = { definition: Definition; base: number | null; at: string };

const keyOf = (flow: string, workspace: string) => `flowslot:aside:${flow}:${workspace}`;

export function setAside(flow: string, workspace: string, text: Omit<Aside, 'at'>) {
  const kept: Aside = { ...text, at: new Date().toISOString() };
  write(keyOf(flow, workspace), JSON.stringify(kept));
}

export function asideOf(flow: string, workspace: string): Aside | null {
  const text = read(keyOf(flow, workspace));
  return text === null ? null : (parseExact(text) as Aside);
}

export function forgetAside(flow: string, workspace: string) {
  remove(keyOf(flow, workspace));
}

const seenKey = (flow: string, workspace: string) => `flowslot:seen:${flow}:${workspace}`;

/** The revision that unsaved text rests on: a reload must not make it look newer than it is (R18). */
export function rememberSeen(flow: string, workspace: string, revision: number | null) {
  if (revision === null) remove(seenKey(flow, workspace));
  else write(seenKey(flow, workspace), String(revision));
}

export function seenBefore(flow: string, workspace: string): number | null {
  const text = read(seenKey(flow, workspace));
  return text === null ? null : Number(text);
}

// A browser may forbid storage, or have none left: then nothing outlives the page, and the page goes on.
function write(key: string, text: string) {
  try {
    localStorage.setItem(key, text);
  } catch {
    /* as said above */
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remove(key: string) {
  try {
    localStorage.removeItem(key);
  } catch {
    /* as said above */
  }
}
