// Which version a flow page shows when none is asked for, and what it is called (R8).
import { describe, expect, it } from 'vitest';
import { displayed, type FlowView, type Registration, shownVersion, type Version } from '../FlowContext';
import { deed, whyNot } from '../words';

const version = (number: number, more: Partial<Version> = {}): Version => ({
  number,
  hash: '',
  author: 'mira',
  at: '2026-01-01T00:00:00Z',
  note: '',
  workspace: 'acme',
  kind: 'draft',
  discarded: false,
  icons: [],
  ...more,
});
const flow = (staging: number | null, main: number | null) =>
  ({ staging: staging && version(staging), main: main && version(main), latest: version(9) }) as FlowView['flow'];
const runs = (number: number | null, slot: 'staging' | 'main' = 'main') =>
  ({ resolved_version: number, slot }) as Registration;

describe('the version on display', () => {
  it('is a draft of this workspace that is newer than what it runs', () => {
    expect(shownVersion(flow(null, 5), runs(5), [version(7)], 'acme')).toBe(7);
    expect(shownVersion(flow(null, 8), runs(8), [version(7)], 'acme')).toBe(8);
  });

  it('is no draft of another workspace, and none that was set aside', () => {
    const drafts = [version(8, { workspace: 'globex' }), version(7, { discarded: true })];
    expect(shownVersion(flow(null, 5), runs(5), drafts, 'acme')).toBe(5);
  });

  it('is the staged version where main is empty (R7)', () => {
    expect(shownVersion(flow(3, null), runs(null), [], 'acme')).toBe(3);
  });

  const view = (shown: number, slot: 'staging' | 'main' = 'main', known?: Version) =>
    ({ flow: flow(4, 3), registration: runs(3, slot), shown, version: known ?? null }) as FlowView;

  it('is called by its slot, a draft, or an old version', () => {
    expect(displayed(view(4))).toBe('staging');
    expect(displayed(view(3))).toBe('main');
    expect(displayed(view(2, 'main', version(2)))).toBe('draft');
    expect(displayed(view(2, 'main', version(2, { discarded: true })))).toBe('old');
    expect(displayed(view(2, 'main', version(2, { kind: 'staged' })))).toBe('old');
  });

  it('is called by the slot of this workspace when it is in both', () => {
    const both = { flow: flow(3, 3), shown: 3, version: null } as unknown as FlowView;
    expect(displayed({ ...both, registration: runs(3, 'main') })).toBe('main');
    expect(displayed({ ...both, registration: runs(3, 'staging') })).toBe('staging');
  });
});

describe('words', () => {
  it('say what was done', () => {
    expect(deed({ action: 'version.saved', version: 10 })).toBe('saved v10');
    expect(deed({ action: 'staging.deployed', version: 10 })).toBe('deployed v10 to staging');
    expect(deed({ action: 'registration.moved', version: null })).toBe('put a workspace on another slot');
  });

  it('say why nothing is promoted, also for a reason that is not known here', () => {
    expect(whyNot('nothing_staged')).toContain('Deploy a version to staging');
    expect(whyNot('moon_is_full')).toContain('moon_is_full');
  });
});
