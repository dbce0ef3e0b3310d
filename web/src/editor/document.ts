// The document that is edited: a store that the header, the canvas and the forms share; unsaved text survives a reload.
import { useMemo, useSyncExternalStore } from 'react';
import { parseExact } from '../api/exact_json';
import { sameValue } from './same_value';

export type Step = { id: string; kind: string; name?: string; [key: string]: unknown };
export type Definition = {
  flow: number;
  trigger: Record<string, unknown>;
  config?: Record<string, unknown>;
  connections?: Record<string, unknown>;
  steps: Step[];
};

type State = {
  definition: Definition;
  /** What was loaded or saved last: dirty is what differs from it by value. */
  saved: Definition;
  base: number | null;
  past: readonly Definition[];
  future: readonly Definition[];
  /** What the last change was, and when: typing on in one field is one step of undo. */
  last: { what: string | undefined; at: number };
  selected: string | null;
  recovered: { at: string } | null;
  dirty: boolean;
};

export type Editor = {
  definition: Definition;
  /** The number of the version it rests on; null before the first. */
  base: number | null;
  /** Whether it differs from its base by value. */
  dirty: boolean;
  canUndo: boolean;
  canRedo: boolean;
  undo: () => void;
  redo: () => void;
  /** Changes of the same `what` in quick succession are undone together. */
  change: (next: Definition, what?: string) => void;
  /** Takes a saved version as the base of new work. */
  load: (definition: Definition, base: number | null) => void;
  /** Says that what is here was saved as this version. */
  saved: (base: number) => void;
  /** Id of the selected step, or `trigger`. */
  selected: string | null;
  select: (id: string | null) => void;
  /** Set when unsaved text of an earlier visit was found. */
  recovered: { at: string } | null;
  discardRecovered: () => void;
};

const BLANK: Definition = { flow: 1, trigger: { kind: 'on_demand' }, steps: [] };
const MOST_UNDO = 200;
const TOGETHER_MS = 1500;
const KEPT_AFTER_MS = 250;

const stores = new Map<string, Store>();

export function useEditor(flow: string, workspace: string): Editor {
  const store = storeOf(flow, workspace);
  const state = useSyncExternalStore(store.subscribe, store.get);
  return useMemo(() => editorOf(store, state), [store, state]);
}

function storeOf(flow: string, workspace: string): Store {
  const key = `flowslot:draft:${flow}:${workspace}`;
  let store = stores.get(key);
  if (!store) {
    store = new Store(key);
    stores.set(key, store);
  }
  return store;
}

function editorOf(store: Store, state: State): Editor {
  return {
    definition: state.definition,
    base: state.base,
    dirty: state.dirty,
    canUndo: state.past.length > 0,
    canRedo: state.future.length > 0,
    undo: store.undo,
    redo: store.redo,
    change: store.change,
    load: store.load,
    saved: store.saved,
    selected: state.selected,
    select: store.select,
    recovered: state.recovered,
    discardRecovered: store.discardRecovered,
  };
}

/** The state of one flow's work in one workspace. */
export class Store {
  private state: State;
  private readonly listeners = new Set<() => void>();
  private keeping: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly key: string) {
    this.state = recalled(key) ?? fresh(BLANK, null);
    if (typeof window !== 'undefined') window.addEventListener('pagehide', () => this.keep());
  }

  get = () => this.state;

  subscribe = (tell: () => void) => {
    this.listeners.add(tell);
    return () => void this.listeners.delete(tell);
  };

  change = (definition: Definition, what?: string) => {
    const { definition: before, past, last } = this.state;
    if (definition === before) return;
    const now = Date.now();
    const together = what !== undefined && what === last.what && now - last.at < TOGETHER_MS;
    this.set({
      definition,
      past: together ? past : [...past.slice(1 - MOST_UNDO), before],
      future: [],
      last: { what, at: now },
    });
  };

  undo = () => {
    const { definition, past, future } = this.state;
    const before = past.at(-1);
    if (before) this.set({ definition: before, past: past.slice(0, -1), future: [definition, ...future], last: NEVER });
  };

  redo = () => {
    const { definition, past, future } = this.state;
    const [next, ...rest] = future;
    if (next) this.set({ definition: next, past: [...past, definition], future: rest, last: NEVER });
  };

  load = (definition: Definition, base: number | null) => {
    this.state = { ...fresh(definition, base), selected: this.state.selected };
    this.tell();
  };

  saved = (base: number) => {
    this.set({ base, saved: this.state.definition, recovered: null, last: NEVER });
  };

  select = (selected: string | null) => {
    if (selected === this.state.selected) return;
    this.state = { ...this.state, selected };
    for (const each of this.listeners) each();
  };

  discardRecovered = () => {
    if (this.state.recovered) this.load(this.state.saved, this.state.base);
  };

  private set(change: Partial<State>) {
    const next = { ...this.state, ...change };
    next.dirty = !sameValue(next.definition, next.saved);
    if (!next.dirty) next.recovered = null;
    this.state = next;
    this.tell();
  }

  private tell() {
    for (const each of this.listeners) each();
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keep(), KEPT_AFTER_MS);
  }

  /** Keeps what is unsaved; where the browser has no room for it, the page goes on without. */
  private keep() {
    clearTimeout(this.keeping);
    const { definition, saved, base, dirty } = this.state;
    try {
      if (dirty)
        localStorage.setItem(this.key, JSON.stringify({ at: new Date().toISOString(), base, saved, definition }));
      else localStorage.removeItem(this.key);
    } catch {
      // private windows and full stores refuse: nothing is lost as long as the page stays open
    }
  }
}

const NEVER = { what: undefined, at: 0 };

function fresh(definition: Definition, base: number | null): State {
  const empty = { past: [], future: [], last: NEVER, selected: null, recovered: null, dirty: false };
  return { definition, saved: definition, base, ...empty };
}

function recalled(key: string): State | null {
  try {
    const text = localStorage.getItem(key);
    if (text === null) return null;
    const { at, base, saved, definition } = parseExact(text) as Record<string, unknown>;
    if (!isDefinition(definition) || !isDefinition(saved) || sameValue(definition, saved)) return null;
    const number = typeof base === 'number' ? base : null;
    return { ...fresh(definition, number), saved, dirty: true, recovered: { at: String(at) } };
  } catch {
    return null;
  }
}

function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && Array.isArray((value as Definition).steps);
}
