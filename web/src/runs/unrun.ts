// Why a step has no record in a run: its branch was not taken, the run ended before it, or has not come to it yet.
import type { Definition } from '../editor/document';
import { isOpen, type Run, type StepRun } from '../editor/records';
import { type Entry, entries } from '../editor/tree';

export type Unrun = { kind: 'skipped' | 'unreached' | 'later' | 'gone'; text: string };

const LEFT_OUT = 'left_out';

/** `at` holds the records of the items that are looked at, by id of the step. */
export function whyUnrun(definition: Definition, run: Run, at: ReadonlyMap<string, StepRun>, id: string): Unrun | null {
  const all = entries(definition);
  const me = all.find((entry) => entry.step.id === id);
  if (!me) return null;
  const own = at.get(id);
  if (own) return own.status === 'skipped' ? skippedItself(me) : null;
  if (run.payload_removed_at)
    return { kind: 'gone', text: 'What the steps did was removed, as the settings of retention say.' };
  return within(all, me, run, at);
}

function skippedItself({ step }: Entry): Unrun {
  if (step.disabled === true) return { kind: 'skipped', text: 'Skipped: the step is switched off.' };
  return { kind: 'skipped', text: 'Skipped: its own condition (if) was false.' };
}

function within(all: Entry[], me: Entry, run: Run, at: ReadonlyMap<string, StepRun>): Unrun {
  const { parent } = me;
  if (parent === null) return beside(run);
  const around = at.get(parent.id);
  const name = parent.name || parent.id;
  if (!around) {
    const outer = all.find((entry) => entry.step.id === parent.id);
    return outer ? within(all, outer, run, at) : beside(run);
  }
  if (around.status === 'skipped') return { kind: 'skipped', text: `Skipped with “${name}”, in which it stands.` };
  const done = around.status === 'success';
  const key = me.list.slice(me.list.indexOf('/') + 1);
  if (parent.kind === 'condition' && typeof around.output === 'string' && branchOf(key) !== around.output)
    return { kind: 'skipped', text: `Skipped: branch not taken. “${name}” took the branch ${words(around.output)}.` };
  if (parent.kind === 'condition' && around.output === null && done)
    return { kind: 'skipped', text: `Skipped: branch not taken. No branch of “${name}” fitted.` };
  if (parent.kind === 'try' && key === 'catch' && done)
    return { kind: 'skipped', text: `Skipped: nothing failed in “${name}”.` };
  if (parent.kind === 'for_each' && done && !run.steps.some((record) => record.kind === LEFT_OUT))
    return { kind: 'skipped', text: `Skipped: “${name}” had no such item, or its list was empty.` };
  return beside(run);
}

function branchOf(key: string): string {
  return key.startsWith('elif') ? 'elif' : key;
}

function words(branch: string): string {
  return { then: '“if”', elif: '“else if”', else: '“else”' }[branch] ?? branch;
}

/** The step's own turn did not come. */
function beside(run: Run): Unrun {
  const left = run.steps.find((record) => record.kind === LEFT_OUT);
  if (left) {
    const output = left.output as { steps?: unknown } | null;
    return { kind: 'gone', text: `The run had more steps than are kept: ${String(output?.steps)} are not shown.` };
  }
  if (isOpen(run)) return { kind: 'later', text: 'Not reached yet.' };
  if (run.status === 'canceled') return { kind: 'unreached', text: 'Not reached: the run was canceled before.' };
  if (run.error) return { kind: 'unreached', text: 'Not reached: the run failed before.' };
  return { kind: 'unreached', text: 'Not reached: the run ended before.' };
}
