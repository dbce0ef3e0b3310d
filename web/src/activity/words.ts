// The actions on record in words for people.

const DONE: Record<string, string> = {
  'workspace.created': 'created workspace',
  'workspace.changed': 'changed workspace',
  'workspace.deleted': 'deleted workspace',
  'flow.created': 'created flow',
  'flow.changed': 'changed flow',
  'flow.deleted': 'deleted flow',
  'version.saved': 'saved',
  'version.validated': 'validated',
  'staging.deployed': 'deployed to staging',
  'staging.reverted': 'reverted all changes of',
  'promotion.made': 'promoted to main',
  'promotion.undone': 'undid the promotion of',
  'registration.added': 'registered',
  'registration.moved': 'moved to another slot',
  'registration.activated': 'activated',
  'registration.deactivated': 'deactivated',
  'registration.changed': 'changed the configuration of',
  'registration.removed': 'took out of the workspace',
  'webhook_secret.rotated': 'changed the webhook secret of',
  'connection.created': 'created a connection',
  'connection.changed': 'changed a connection',
  'connection.deleted': 'deleted a connection',
  'user.created': 'added a user',
  'user.changed': 'changed a user',
  'user.deleted': 'removed a user',
  'token.created': 'made a token',
  'token.deleted': 'revoked a token',
  'password.changed': 'set the password of',
  'session.begun': 'signed in',
  'session.ended': 'signed out',
  'trigger.refused': 'could not start',
  'schedule.skipped': 'skipped a tick of',
};

/** What was done, as a verb: "promoted to main". */
export function doneWord(action: string): string {
  return DONE[action] ?? action.replace(/[._]/g, ' ');
}

export const NOUNS = [
  { value: 'version', label: 'Saving, validating' },
  { value: 'staging', label: 'Staging' },
  { value: 'promotion', label: 'Promotions' },
  { value: 'registration', label: 'Registrations' },
  { value: 'flow', label: 'Flows' },
  { value: 'workspace', label: 'Workspaces' },
  { value: 'connection', label: 'Connections' },
  { value: 'user', label: 'Users' },
  { value: 'token', label: 'Tokens' },
  { value: 'trigger', label: 'Refused triggers' },
  { value: 'schedule', label: 'Skipped ticks' },
];

/** Known of an entry, but nothing that tells a person anything. */
const FOR_MACHINES = new Set(['fingerprint', 'session', 'hash']);

/** What else is known of an entry, as short "key: value" texts. */
export function aboutTexts(about: unknown): string[] {
  if (typeof about !== 'object' || about === null) return [];
  return Object.entries(about)
    .filter(([key, value]) => value !== null && value !== '' && !FOR_MACHINES.has(key))
    .map(([key, value]) => `${key.replaceAll('_', ' ')}: ${typeof value === 'object' ? JSON.stringify(value) : value}`);
}
