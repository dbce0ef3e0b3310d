// What stands against a saving or a deployment: every workspace, every problem, and a way to its place (R3).
import { Button, Group, Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { FieldProblem } from '../api/problem';
import { Icon } from '../components/icons';
import type { Definition } from '../editor/document';
import { stepOfPointer } from '../editor/tree';
import { useFlow } from './FlowContext';
import { type Refusal, useWork } from './Work';
import { count } from './words';

const TITLES: Record<string, string> = {
  draft: 'The draft was not saved',
  stage: 'Nothing was deployed',
  active: 'The workspace stays where it is',
  revert: 'Nothing was reverted',
};

export function ProblemsDialog({ refusal }: { refusal: Refusal }) {
  const { forgetRefusal, editor } = useWork();
  const { problem, what } = refusal;
  return (
    <Modal opened onClose={forgetRefusal} title={TITLES[what] ?? 'It was refused'} size="lg">
      <p className="dialog-lead">
        {problem.message} {editor.dirty && 'Your text is as you left it.'}
      </p>
      <WorkspaceProblems problems={problem.problems} definition={editor.definition} leave={forgetRefusal} />
      <Group justify="flex-end" mt="md">
        <Button onClick={forgetRefusal}>Close</Button>
      </Group>
    </Modal>
  );
}

type Props = { problems: readonly FieldProblem[]; definition: Definition | null; leave: () => void };

export function WorkspaceProblems({ problems, definition, leave }: Props) {
  const groups = new Map<string, FieldProblem[]>();
  for (const each of problems) {
    const key = each.workspace ?? '';
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups].map(([workspace, found]) => (
    <section key={workspace} className="found" aria-label={workspace || 'In the definition'}>
      <h3>
        {workspace || 'In the definition'} <span className="quiet">{count(found.length, 'problem')}</span>
      </h3>
      <ul>
        {found.map((each) => (
          <li key={`${each.pointer} ${each.code} ${each.message}`}>
            <Icon name="alert" size={15} />
            <div>
              {each.message}
              <div className="found-place">
                <Place problem={each} definition={definition} leave={leave} />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  ));
}

/** Where it is: a step of the definition, or else the registration of the workspace. */
function Place({ problem, definition, leave }: { problem: FieldProblem } & Omit<Props, 'problems'>) {
  const { flow, workspace } = useFlow();
  const params = { flow: flow.slug };
  const place = definition && stepOfPointer(definition, problem.pointer);
  if (place)
    return (
      <Link to="/flows/$flow" params={params} search={(now) => ({ ...now, workspace, step: place.id })} onClick={leave}>
        Step {place.id}
        {place.rest && `, ${place.rest.slice(1).replaceAll('/', '.')}`}
      </Link>
    );
  const search = { workspace, open: problem.workspace ?? workspace };
  return (
    <>
      <span className="mono">{problem.pointer || 'the whole definition'}</span>{' '}
      {/^\/(config|connections)/.test(problem.pointer) && (
        <Link to="/flows/$flow/registrations" params={params} search={search} onClick={leave}>
          Open the registration
        </Link>
      )}
    </>
  );
}
