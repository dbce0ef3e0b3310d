// Sentences about slots and promotions that more than one part of the flow page says.
import type { S } from '../api/client';

type Refusal = S['PromotionRefusal'];

const WHY: Record<Refusal, string> = {
  revision_conflict: 'The flow has changed since this page read it. Look at what changed, then try again.',
  nothing_staged: 'Nothing is on staging. Deploy a version to staging first.',
  not_the_staged_version: 'Another version is on staging. Open the staged version from History to promote it.',
  unsaved_changes:
    'This workspace holds a draft that is newer than the staged version. Deploy the draft to staging, or revert all changes.',
  validation_stale: 'Workspaces have changed since the staged version was validated. It is validated again.',
  validation_failed: 'The staged version no longer fits every workspace on staging. The dialog lists what is wrong.',
};

export function whyNot(reason: string): string {
  return WHY[reason as Refusal] ?? `It is refused: ${reason}.`;
}

/** 1 workspace, 12 workspaces */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

const DEEDS: Record<string, string> = {
  'version.saved': 'saved',
  'staging.deployed': 'deployed to staging',
  'staging.reverted': 'emptied staging',
  'promotion.made': 'promoted to main',
  'promotion.undone': 'undid the promotion of',
  'registration.added': 'registered the flow in a workspace',
  'registration.moved': 'put a workspace on another slot',
  'registration.activated': 'switched a workspace on',
  'registration.deactivated': 'switched a workspace off',
  'registration.changed': 'changed a configuration',
  'registration.removed': 'took the flow out of a workspace',
  'flow.changed': 'changed the name or visibility',
};

type Deed = { action: string; version?: number | null };

/** What was done, as the rest of a sentence that begins with who did it. */
export function deed({ action, version }: Deed): string {
  const words = DEEDS[action] ?? action.replace('.', ' ');
  if (version == null || action.startsWith('registration.')) return words;
  const [verb, ...rest] = words.split(' to ');
  return rest.length ? `${verb} v${version} to ${rest.join(' to ')}` : `${words} v${version}`;
}
