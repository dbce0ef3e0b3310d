// What every page of a flow knows: the flow, the workspace it is looked at in, and the version on display.
import { createContext, useContext } from 'react';
import type { S } from '../api/client';

export type Version = S['VersionAnswer'];
export type Registration = S['RegistrationRowAnswer'] & { workspace_name?: string | null };

export type FlowView = {
  flow: S['FlowAnswer'];
  /** The workspace it is looked at in; empty when no workspace has the flow. */
  workspace: string;
  /** The flow's registration there; null when that workspace does not have it. */
  registration: Registration | null;
  /** The number of the version on display: the one asked for, else the newest this workspace works with. */
  shown: number | null;
  /** The number of the version this workspace works with: what is shown when none is asked for. */
  works: number | null;
  /** What is known of the version on display; null until it was read, or when there is none. */
  version: Version | null;
  /** Whether an earlier version was asked for (`?v=`): it is shown, and cannot be changed. */
  asked: boolean;
  /** Shows another version as what one works on, or, with null, what this workspace works with now. */
  show: (number: number | null) => void;
  /** The newest versions. */
  newest: readonly Version[];
};

export const FlowContext = createContext<FlowView | null>(null);

export function useFlow(): FlowView {
  const view = useContext(FlowContext);
  if (!view) throw new Error('useFlow stands outside a flow page.');
  return view;
}

/** Which version is shown when none is asked for: this workspace's newer draft, else what it runs, else the newest. */
export function shownVersion(
  flow: S['FlowAnswer'],
  registration: Registration | null,
  newest: readonly Version[],
  workspace: string,
): number | null {
  const runs = registration?.resolved_version ?? null;
  const draft = newest.find((each) => each.kind === 'draft' && !each.discarded && each.workspace === workspace);
  if (draft && draft.number > (runs ?? 0)) return draft.number;
  return runs ?? flow.staging?.number ?? flow.latest?.number ?? null;
}

export type Displayed = 'staging' | 'main' | 'draft' | 'old';

/** What the version on display is: in a slot (this workspace's first, when in both), a draft, or an earlier one. */
export function displayed({ flow, registration, shown, version }: FlowView): Displayed {
  const staged = shown !== null && flow.staging?.number === shown;
  const main = shown !== null && flow.main?.number === shown;
  if (staged && main) return registration?.slot ?? 'staging';
  if (staged || main) return staged ? 'staging' : 'main';
  if (shown === null || (version?.kind === 'draft' && !version.discarded)) return 'draft';
  return 'old';
}
