// The run list as it is read: part by part downward, and anew at its head; it never moves under the reader.
import { api, must } from '../api/client';
import { type ChangeEvent, onChange, onLiveState } from '../api/live';
import { asked, fits, type RunFilters } from './filters';
import { merged, newerThan, type Run, refreshed, withStatus } from './rows';

export type RunList = {
  rows: readonly Run[];
  /** New runs that are not among the rows yet, since the reader is not at the top. */
  fresh: readonly Run[];
  /** Whether so many came that the rows no longer reach up to them. */
  behind: boolean;
  /** Cursor of the next part; null when all is loaded. */
  next: string | null;
  loading: boolean;
  /** Whether looking further back waits to be asked for: many parts held nothing. */
  paused: boolean;
  error: unknown;
};

/** What was read anew, whether it reaches down to the rows, and where it goes on otherwise. */
type Heads = { read: Run[]; reaches: boolean; next: string | null };

const PART = 200;
const HEAD = 100;
const MOST_HEADS = 3;
const READ_MS = 700;
const MOST_SINGLE = 12;
const MOST_EMPTY = 8;
const START: RunList = { rows: [], fresh: [], behind: false, next: null, loading: true, paused: false, error: null };

export class RunStore {
  private state: RunList = START;
  private readonly listeners = new Set<() => void>();
  private told = new Map<string, string>();
  private timer: number | undefined;
  private reading = false;
  private empty = 0;
  private atTop = true;
  private ending: (() => void)[] = [];
  private round = 0;

  constructor(private readonly filters: RunFilters) {}

  get = () => this.state;

  subscribe = (tell: () => void) => {
    this.listeners.add(tell);
    if (this.listeners.size === 1) this.begin();
    return () => {
      this.listeners.delete(tell);
      if (this.listeners.size === 0) this.end();
    };
  };

  /** Says where the reader is: at the top, what is new is shown at once. */
  setAtTop = (atTop: boolean) => {
    if (atTop === this.atTop) return;
    this.atTop = atTop;
    if (atTop && (this.state.fresh.length > 0 || this.state.behind)) this.showFresh();
  };

  showFresh = () => {
    if (this.state.behind) return this.reload();
    const rows = merged(this.state.rows, this.state.fresh);
    this.set({ rows, fresh: [] });
  };

  reload = () => {
    this.round += 1;
    this.reading = false;
    this.empty = 0;
    this.set(START);
    void this.loadPart();
  };

  more = () => {
    if (!this.state.loading && !this.state.paused && this.state.next !== null) void this.loadPart();
  };

  goOn = () => {
    this.empty = 0;
    this.set({ paused: false, error: null });
    void this.loadPart();
  };

  private begin() {
    this.ending = [onChange(this.heard), onLiveState((live) => live === 'live' && this.later())];
    if (this.state === START) void this.loadPart();
    else this.later(); // shown again: what has happened meanwhile is read
  }

  private end() {
    for (const each of this.ending) each();
    window.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private heard = (event: ChangeEvent) => {
    if (!event.action.startsWith('run.')) return;
    const { flow, workspace } = this.filters;
    if ((flow && event.flow !== flow) || (workspace && event.workspace !== workspace)) return;
    const run = event.about?.run;
    if (typeof run === 'string') this.told.set(run, event.action.slice(4));
    this.later();
  };

  private later() {
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      if (this.reading || this.state.loading) this.later();
      else void this.readHead();
    }, READ_MS);
  }

  private async loadPart() {
    const { round } = this;
    this.set({ loading: true, error: null });
    try {
      const part = await this.read(PART, this.state.next);
      if (round !== this.round) return;
      this.empty = part.items.length === 0 ? this.empty + 1 : 0;
      const rows = merged(this.state.rows, part.items);
      this.set({ rows, next: part.next, loading: false, paused: this.empty >= MOST_EMPTY && part.next !== null });
    } catch (error) {
      if (round === this.round) this.set({ loading: false, paused: true, error });
    }
  }

  /** Reads what is new, and what has changed among the rows. */
  private async readHead() {
    const { round } = this;
    const told = this.told;
    this.told = new Map();
    this.reading = true;
    this.set({ rows: withStatus(this.state.rows, told) });
    try {
      const heads = await this.heads();
      const { read } = heads;
      const known = new Set(this.state.rows.map((run) => run.id));
      const seen = new Set(read.map((run) => run.id));
      const single = [...told.keys()].filter((id) => known.has(id) && !seen.has(id)).slice(-MOST_SINGLE);
      const alone = await Promise.all(single.map((run) => must(api.GET('/runs/{run}', { params: { path: { run } } }))));
      if (round === this.round) this.take([...read, ...alone], heads);
    } catch {
      // the next event, or the stream's return, has it read again
    } finally {
      if (round === this.round) this.reading = false;
    }
  }

  private async heads(): Promise<Heads> {
    const first = this.state.rows[0]?.id;
    const read: Run[] = [];
    let cursor: string | null = null;
    for (let part = 0; part < MOST_HEADS; part++) {
      const { items, next }: { items: Run[]; next: string | null } = await this.read(HEAD, cursor);
      read.push(...items);
      cursor = next;
      const reaches = first === undefined || (items.at(-1)?.id ?? '') <= first;
      if (next === null || reaches) return { read, reaches: true, next };
    }
    return { read, reaches: false, next: cursor };
  }

  private take(read: Run[], { reaches, next }: Heads) {
    const { rows, fresh } = this.state;
    if (!reaches && this.atTop) return this.set({ rows: read, fresh: [], behind: false, next });
    if (!reaches) return this.set({ rows: refreshed(rows, read), behind: true });
    const newer = newerThan(rows, read);
    if (!this.atTop) return this.set({ rows: refreshed(rows, read), fresh: merged(fresh, newer) });
    const all = merged(rows, read);
    // at the top nobody reads below: what no longer has the status that is asked for goes
    this.set({ rows: all.filter((run) => fits(this.filters, run.status)), fresh: [] });
  }

  private async read(limit: number, cursor: string | null) {
    const query = { ...asked(this.filters, Date.now()), limit, ...(cursor ? { cursor } : {}) };
    return must(api.GET('/runs', { params: { query } }));
  }

  private set(change: Partial<RunList>) {
    this.state = { ...this.state, ...change };
    for (const tell of this.listeners) tell();
  }
}

const MOST_KEPT = 4;
const kept = new Map<string, RunStore>();

/** The list under these filters; the last ones looked at are kept, so that Back leads to where one was. */
export function storeOf(filters: RunFilters): RunStore {
  const key = JSON.stringify(Object.entries(filters).sort());
  const store = kept.get(key) ?? new RunStore(filters);
  kept.delete(key);
  kept.set(key, store);
  for (const old of kept.keys()) if (kept.size > MOST_KEPT && old !== key) kept.delete(old);
  return store;
}
