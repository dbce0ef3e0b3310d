// Server-sent events: each says what changed, and what is shown of it is read anew. One stream serves all tabs.
import type { QueryClient } from '@tanstack/react-query';
import { parseExact } from './exact_json';

export type ChangeEvent = {
  action: string;
  at?: string;
  flow?: string | null;
  workspace?: string | null;
  version?: number | null;
  revision?: number | null;
  actor?: string | null;
  about?: Record<string, unknown> | null;
};
export type LiveState = 'connecting' | 'live' | 'reconnecting';
type Heard = { state: LiveState } | { event: ChangeEvent } | { reload: true };

/** Changes are told in groups: a busy server has hundreds a second, and a list is read once for all of them. */
const GROUPED_MS = 150;
const RUNS_GROUPED_MS = 700;

const states = new Set<(state: LiveState) => void>();
const events = new Set<(event: ChangeEvent) => void>();
let state: LiveState = 'connecting';

export const liveState = () => state;

export function onLiveState(listener: (state: LiveState) => void) {
  states.add(listener);
  return () => void states.delete(listener);
}

export function onChange(listener: (event: ChangeEvent) => void) {
  events.add(listener);
  return () => void events.delete(listener);
}

/** Listens until told to stop, and keeps what the client holds up to date. */
export function startLive(client: QueryClient): () => void {
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('flowslot-live') : undefined;
  const stopped = new AbortController();
  const stale = new Stale(client);
  const hear = (heard: Heard) => {
    if ('state' in heard) {
      const back = state === 'reconnecting' && heard.state === 'live';
      state = heard.state;
      for (const tell of states) tell(state);
      if (back) void client.invalidateQueries();
    } else if ('reload' in heard) {
      void client.invalidateQueries();
    } else {
      stale.add(heard.event);
      for (const tell of events) tell(heard.event);
    }
  };
  const say = (heard: Heard) => {
    hear(heard);
    channel?.postMessage(heard);
  };
  if (channel) channel.onmessage = (message: MessageEvent<Heard>) => hear(message.data);
  if (channel && navigator.locks) {
    const holding = () => listen(say, stopped.signal);
    navigator.locks.request('flowslot-live', { signal: stopped.signal }, holding).catch(() => undefined);
    hear({ state: 'live' });
  } else {
    void listen(say, stopped.signal);
  }
  return () => {
    stopped.abort();
    stale.stop();
    channel?.close();
  };
}

/** One stream, connected again whenever it ends; resolves when stopped. */
function listen(say: (heard: Heard) => void, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve(); // the lock was granted when nobody listens any more
    const open = () => {
      const source = new EventSource('/api/v1/events');
      source.onopen = () => say({ state: 'live' });
      source.onmessage = (message) => say({ event: parseExact(message.data) as ChangeEvent });
      source.addEventListener('reload', () => say({ reload: true }));
      source.onerror = () => {
        say({ state: 'reconnecting' });
        if (source.readyState === EventSource.CLOSED && !stop.aborted) window.setTimeout(open, 2000);
      };
      stop.addEventListener('abort', () => {
        source.close();
        resolve();
      });
    };
    open();
  });
}

/** Which query keys are out of date; told to the client in groups. */
class Stale {
  private keys = new Map<string, readonly unknown[]>();
  private timer: number | undefined;
  private runsTimer: number | undefined;
  private runs = new Map<string, readonly unknown[]>();

  constructor(private readonly client: QueryClient) {}

  add(event: ChangeEvent) {
    const into = event.action.startsWith('run.') ? this.runs : this.keys;
    for (const key of keysOf(event)) into.set(JSON.stringify(key), key);
    this.timer ??= window.setTimeout(() => this.tell('keys'), GROUPED_MS);
    this.runsTimer ??= window.setTimeout(() => this.tell('runs'), RUNS_GROUPED_MS);
  }

  stop() {
    window.clearTimeout(this.timer);
    window.clearTimeout(this.runsTimer);
  }

  private tell(which: 'keys' | 'runs') {
    const keys = [...this[which].values()];
    this[which].clear();
    if (which === 'keys') this.timer = undefined;
    else this.runsTimer = undefined;
    for (const queryKey of keys) void this.client.invalidateQueries({ queryKey });
  }
}

/** The query keys (see queries.ts) that a change puts out of date. */
export function keysOf(event: ChangeEvent): (readonly unknown[])[] {
  if (event.action.startsWith('run.')) {
    const run = event.about?.run;
    return [['runs'], ['statistics'], ...(typeof run === 'string' ? [['run', run]] : [])];
  }
  const keys: (readonly unknown[])[] = [['flows'], ['audit'], ['statistics']];
  if (event.flow) keys.push(['flow', event.flow]);
  for (const noun of ['workspace', 'connection', 'user', 'token']) {
    if (event.action.startsWith(`${noun}.`)) keys.push([`${noun}s`]);
  }
  return keys;
}
