// The panel of a step, or of the trigger, where nothing can be changed.
import type { Definition } from './document';
import { FlowPanel } from './FlowPanel';
import type { Problems } from './problems';
import { StepPanel } from './StepPanel';
import { entryOf, TRIGGER } from './tree';

const NO_PROBLEMS: Problems = { problems: [], checking: false, byStep: new Map(), at: () => [], error: null };
const nothing = () => undefined;

type Props = { flow: string; workspace: string; definition: Definition; id: string; close: () => void };

export function StepFacts({ flow, workspace, definition, id, close }: Props) {
  const given = { flow, workspace, definition, problems: NO_PROBLEMS, readOnly: true, onClose: close };
  if (id === TRIGGER) return <FlowPanel {...given} onChange={nothing} />;
  const entry = entryOf(definition, id);
  if (!entry) return null;
  const { step, pointer } = entry;
  const changes = { onChange: nothing, onRename: () => null, onDefinition: nothing };
  return <StepPanel {...given} {...changes} key={id} step={step} pointer={pointer} />;
}
