import { describe, expect, it } from 'vitest';
import { bars, type Hour, percent, ratesInWords, runsInWords, totalOf, worst } from './figures';

const hour = (at: number, changes: Partial<Hour> = {}): Hour => ({
  at: `2026-01-01T${String(at).padStart(2, '0')}:00:00Z`,
  success: 1,
  failed: 0,
  exception: 0,
  canceled: 0,
  open: 0,
  ...changes,
});

describe('bars', () => {
  it('hold together as many hours as asked, the oldest fewer', () => {
    const made = bars(
      [0, 1, 2, 3, 4].map((at) => hour(at, { failed: at })),
      2,
    );
    expect(made.map(({ at, success, failed }) => [at.slice(11, 13), success, failed])).toEqual([
      ['00', 1, 0],
      ['01', 2, 3],
      ['03', 2, 7],
    ]);
  });

  it('lose no run', () => {
    const hours = [0, 1, 2, 3].map((at) => hour(at, { exception: 2, canceled: 3, open: 1 }));
    const sum = (each: readonly Hour[]) => each.reduce((all, one) => all + totalOf(one), 0);
    expect(sum(bars(hours, 3))).toBe(sum(hours));
  });
});

describe('failure rates', () => {
  const flows = [
    { flow: 'a', name: 'A', success: 90, failed: 10 },
    { flow: 'b', name: 'B', success: 1, failed: 4 },
    { flow: 'c', name: 'C', success: 9, failed: 0 },
  ];

  it('come highest first, without flows that did not fail', () => {
    expect(worst(flows, 10).map(({ flow, rate }) => [flow, rate])).toEqual([
      ['b', 0.8],
      ['a', 0.1],
    ]);
  });

  it('are told in a sentence', () => {
    expect(ratesInWords(worst(flows, 10))).toBe('2 flows with failures shown. B fails most often: 80% (4 of 5 runs).');
    expect(ratesInWords([])).toBe('No flow failed.');
  });

  it('never say zero of what is not', () => {
    expect([percent(0), percent(0.0001), percent(0.0312)]).toEqual(['0%', '<0.1%', '3.1%']);
  });
});

describe('runs in words', () => {
  it.each([
    [[hour(0, { success: 0 })], 'No runs.'],
    [[hour(0)], '1 run, all successful.'],
    [[hour(0), hour(1, { failed: 1200, open: 2 })], '1,204 runs: 1,200 failed, 2 not ended.'],
  ])('%#', (hours, words) => expect(runsInWords(hours)).toBe(words));
});
