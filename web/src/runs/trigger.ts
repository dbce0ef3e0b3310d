// What started a run, in words: its kind, and what is known of it.
import type { IconName } from '../components/icons';

type About = Record<string, unknown>;

const WORDS: Record<string, string> = {
  on_demand: 'By hand',
  webhook: 'Webhook',
  schedule: 'Schedule',
  call: 'Called',
  record: 'Record',
  action_done: 'Action done',
};
const ICONS: Record<string, IconName> = {
  on_demand: 'on_demand',
  webhook: 'webhook',
  schedule: 'schedule',
  call: 'call_flow',
  record: 'record',
};

export function aboutOf(trigger: unknown): About {
  return typeof trigger === 'object' && trigger !== null ? (trigger as About) : {};
}

export function textOf(trigger: unknown, key: string): string | undefined {
  const value = aboutOf(trigger)[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function triggerWord(trigger: unknown): string {
  if (textOf(trigger, 'rerun_of')) return 'Rerun';
  const kind = textOf(trigger, 'kind') ?? '';
  return WORDS[kind] ?? kind;
}

export function triggerIcon(trigger: unknown): IconName {
  if (textOf(trigger, 'rerun_of')) return 'rerun';
  return ICONS[textOf(trigger, 'kind') ?? ''] ?? 'flow';
}

/** The rest of what is known: who, which request, which tick. */
export function triggerMore(trigger: unknown): string | undefined {
  const said: string[] = [];
  const by = textOf(trigger, 'by');
  const method = textOf(trigger, 'method');
  const id = textOf(trigger, 'id');
  const tick = textOf(trigger, 'tick');
  const step = textOf(trigger, 'step');
  if (by) said.push(`by ${by}`);
  if (method) said.push(`${method} request`);
  if (id) said.push(`message ${id}`);
  if (tick) said.push(`due ${new Date(tick).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })}`);
  if (step) said.push(`by the step ${step}`);
  return said.length > 0 ? said.join(', ') : undefined;
}
