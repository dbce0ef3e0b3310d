// Save draft (R1) and Save and deploy to staging (R2): whether they can be done now, and doing them.
import { useNavigate } from '@tanstack/react-router';
import { said } from '../components/notices';
import { useFlow } from './FlowContext';
import { saveDraft, stage } from './queries';
import { useWork } from './Work';
import { count } from './words';

export function useSaving() {
  const { flow, workspace, registration, shown, show, asked } = useFlow();
  const work = useWork();
  const { editor, note, setNote, busy } = work;
  const navigate = useNavigate();
  const fresh = shown === null;
  const text = editor.dirty || fresh;

  const done = (number: number, words: string) => {
    if (text) work.savedAs(editor.definition, number);
    setNote('');
    show(null);
    said(words);
    if (asked) void navigate({ to: '/flows/$flow', params: { flow: flow.slug }, search: { workspace } });
  };
  const draft = (then?: () => void) =>
    work.act(
      {
        what: 'draft',
        call: (expected_revision) =>
          saveDraft(flow.slug, { workspace, definition: editor.definition, note, expected_revision }),
      },
      ({ number, problems }) => {
        done(
          number,
          problems.length
            ? `Saved as draft v${number}, with ${count(problems.length, 'problem')}. Nothing that runs has changed.`
            : `Saved as draft v${number}. Nothing that runs has changed.`,
        );
        then?.();
      },
    );
  const deploy = (version?: number) =>
    work.act(
      {
        what: 'stage',
        call: (expected_revision) => {
          const body = version === undefined && text ? { definition: editor.definition, note } : {};
          const given = 'definition' in body ? body : { version: version ?? shown };
          return stage(flow.slug, { workspace, ...given, expected_revision });
        },
        revision: (answer) => answer.flow.revision,
      },
      (answer) =>
        done(answer.version.number, `Version ${answer.version.number} is on staging, and runs in ${workspace}.`),
    );

  const staged = !text && shown === flow.staging?.number && registration?.slot === 'staging';
  const nowhere = workspace === '' ? 'No workspace has this flow. Register it in one first.' : null;
  return {
    draft,
    deploy,
    busy,
    whyNoDraft: nowhere ?? (asked || !text ? 'There is nothing to save.' : null),
    whyNoDeploy: nowhere ?? (staged ? `Version ${shown} is on staging here already.` : null),
  };
}
