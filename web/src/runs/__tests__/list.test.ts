// The run list: what is asked for, how rows are put together, what a selection holds, how bulk acts are counted.
import { expect, test } from 'vitest';
import { ApiProblem } from '../../api/problem';
import { actOnAll, type Progress } from '../bulk';
import { asked, fits, isFiltered, statusesIn, statusText } from '../filters';
import { merged, newerThan, type Run, refreshed, withStatus } from '../rows';
import { allToggled, NONE, toggled } from '../selection';

const run = (id: string, more: Partial<Run> = {}) => ({ id, status: 'running', ended_at: null, ...more }) as Run;
const ids = (runs: readonly Run[]) => runs.map((each) => each.id).join('');
const NOW = Date.parse('2026-03-01T12:00:00Z');

test('a period in the address ends now, a time stands as it is, and what cannot be read is left out', () => {
  expect(asked({ from: '24h' }, NOW).from).toBe('2026-02-28T12:00:00.000Z');
  expect(asked({ from: '2026-02-01T00:00:00Z', to: 'nonsense' }, NOW)).toMatchObject({
    from: '2026-02-01T00:00:00.000Z',
    to: undefined,
  });
});

test('what the API would refuse is not sent', () => {
  expect(asked({ status: 'failed,odd', slot: 'other', version: '-3' }, NOW)).toMatchObject({
    status: 'failed',
    slot: undefined,
    version: undefined,
  });
  expect(asked({ status: 'odd', slot: 'main', version: '7' }, NOW)).toMatchObject({
    status: undefined,
    slot: 'main',
    version: 7,
  });
});

test('statuses stand in one order, and all of them are none', () => {
  expect(statusText(['failed', 'queued'])).toBe('queued,failed');
  expect(statusText(statusesIn('queued,running,suspended,success,failed,exception,canceled'))).toBe(undefined);
  expect(fits({ status: 'failed' }, 'success')).toBe(false);
  expect(fits({}, 'success')).toBe(true);
});

test('a list of a flow is unfiltered while only the flow is given', () => {
  expect(isFiltered({ flow: 'a', text: undefined }, undefined)).toBe(false);
  expect(isFiltered({ flow: 'a' }, 'a')).toBe(true);
});

test('new runs stand above, older ones below, and none twice', () => {
  const known = [run('c'), run('b')];
  expect(ids(merged(known, [run('e'), run('d'), run('c')]))).toBe('edcb');
  expect(ids(merged(known, [run('a')]))).toBe('cba');
  expect(ids(merged([run('d'), run('b')], [run('c')]))).toBe('dcb');
  expect(ids(newerThan(known, [run('d'), run('c')]))).toBe('d');
});

test('a row is as it was read last; one that has ended stays the same object', () => {
  const ended = run('b', { status: 'success', ended_at: 'then' });
  const known = [run('c'), ended];
  const next = refreshed(known, [run('d'), run('c', { status: 'failed' }), run('b', { ended_at: 'then' })]);
  expect(ids(next)).toBe('cb');
  expect(next[0]?.status).toBe('failed');
  expect(next[1]).toBe(ended);
});

test('an event tells the status before the row is read', () => {
  const known = [run('c'), run('b', { status: 'success', ended_at: 'then' })];
  const next = withStatus(known, new Map([['c', 'suspended'], ['b', 'running']])); // biome-ignore format: pairs
  expect(next.map((each) => each.status)).toEqual(['suspended', 'success']);
  expect(withStatus(known, new Map())).toBe(known);
});

test('Shift selects from the last one turned up to this one, and takes away likewise', () => {
  const order = ['a', 'b', 'c', 'd', 'e'];
  const one = toggled(NONE, order, 'd', false);
  const four = toggled(one, order, 'a', true);
  expect([...four.ids].sort()).toEqual(['a', 'b', 'c', 'd']);
  const fewer = toggled(toggled(four, order, 'b', false), order, 'c', true);
  expect([...fewer.ids].sort()).toEqual(['a', 'd']);
  expect([...toggled(NONE, order, 'c', true).ids]).toEqual(['c']);
});

test('all that are loaded are selected, then none', () => {
  const all = allToggled(NONE, ['a', 'b']);
  expect(all.ids.size).toBe(2);
  expect(allToggled(all, ['a', 'b']).ids.size).toBe(0);
  expect(allToggled(NONE, []).ids.size).toBe(0);
});

test('a bulk act counts what was done, and keeps why the others were refused', async () => {
  const told: Progress[] = [];
  const act = async ({ id }: Run) => {
    if (id === 'b') throw new ApiProblem(409, { detail: 'It has ended.' });
  };
  const end = await actOnAll([run('a'), run('b'), run('c')], act, new AbortController().signal, (each) =>
    told.push(each),
  );
  expect(end).toMatchObject({ total: 3, done: 2, state: 'ended' });
  expect(end.failed.map(({ run: { id }, why }) => [id, why])).toEqual([['b', 'It has ended.']]);
  expect(told[0]?.state).toBe('working');
});

test('a bulk act that is stopped leaves the rest as it was', async () => {
  const stop = new AbortController();
  const acted: string[] = [];
  const act = async ({ id }: Run) => {
    acted.push(id);
    stop.abort();
  };
  const end = await actOnAll(
    [...'abcdefghij'].map((id) => run(id)),
    act,
    stop.signal,
    () => undefined,
  );
  expect(end.state).toBe('stopped');
  expect(acted.length).toBeLessThan(10);
});
