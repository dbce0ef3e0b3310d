// What a card says of a step beside its name: the one thing that tells it from others of its kind.
import type { Step } from './document';

const WORDS: Record<string, string> = {
  on_demand: 'On demand',
  webhook: 'Webhook',
  schedule: 'Schedule',
  record: 'Record changed',
  action_done: 'Action done',
  set: 'Set',
  map: 'Map',
  condition: 'Condition',
  for_each: 'For each',
  try: 'Try',
  code: 'Code',
  http_request: 'HTTP request',
  call_flow: 'Call flow',
  wait: 'Wait',
  assert: 'Assert',
  parse_csv: 'Parse CSV',
  parse_xml: 'Parse XML',
  stop: 'Stop',
};

export function kindWord(kind: string): string {
  return WORDS[kind] ?? kind.replaceAll('_', ' ');
}

/** The name that people gave the step, else its id; of the trigger, its kind. */
export function stepName(step: Step, isTrigger = false): string {
  if (isTrigger) return kindWord(step.kind);
  return typeof step.name === 'string' && step.name !== '' ? step.name : step.id;
}

export function summary(step: Step): string {
  const more = detail(step).replace(/^=\s*/, '');
  const short = more.length > 60 ? `${more.slice(0, 59)}…` : more;
  return short ? `${kindWord(step.kind)} · ${short}` : kindWord(step.kind);
}

function detail(step: Step): string {
  const said = (key: string) => (typeof step[key] === 'string' ? step[key] : '');
  switch (step.kind) {
    case 'http_request':
      return `${said('method') || 'GET'} ${said('url') || said('path')}`;
    case 'call_flow':
      return said('flow');
    case 'for_each':
      return said('in');
    case 'map':
      return said('over');
    case 'condition':
      return said('if');
    case 'set':
      return said('value');
    case 'wait':
      return said('for') || said('until') || said('signal');
    case 'stop':
      return said('message') || said('status');
    case 'assert':
      return said('label');
    case 'schedule':
      return said('cron') || said('every');
    default:
      return '';
  }
}
