// One step's settings, what it did in the last try, and what its kind is about.
import { Tabs } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ErrorBox, Loading } from '../components/States';
import { onJump } from '../forms/jump';
import { isObject, type Place } from '../forms/places';
import { SchemaForm } from '../forms/SchemaForm';
import { YamlField } from '../forms/YamlField';
import type { Definition, Step } from './document';
import { only, useDefs, useKind } from './kinds';
import { Markdown } from './Markdown';
import { PanelHead } from './PanelHead';
import type { Problems } from './problems';
import { StepNames } from './StepNames';
import { StepResult } from './StepResult';
import type { Trying } from './trying';
import './panels.css';

export type StepPanelProps = {
  flow: string;
  workspace: string;
  definition: Definition;
  step: Step;
  /** JSON pointer of the step in the definition. */
  pointer: string;
  problems: Problems;
  trying?: Trying;
  readOnly?: boolean;
  onChange: (next: Step) => void;
  /** Gives the step another id, also in the expressions that name it; says why not, or nothing. */
  onRename: (id: string) => string | null;
  onClose: () => void;
  /** Changes what stands outside the step: a connection is added to the definition's `connections`. */
  onDefinition: (next: Definition) => void;
};

const ABOVE = ['id', 'kind', 'name'];
const MORE = ['if', 'disabled', 'note'];

export function StepPanel(props: StepPanelProps) {
  const { step, trying, onClose } = props;
  const kind = useKind('step', step.kind);
  const [tab, show] = useState<string | null>('settings');
  useEffect(() => onJump(() => show('settings')), []);
  const tried = trying?.stepRun(step.id) ?? null;
  return (
    <aside className="panel" aria-label={`Settings of ${step.name || step.id}`}>
      <PanelHead icon={step.kind} title={kind?.title ?? step.kind} closes="Close step settings" onClose={onClose} />
      <StepNames {...props} key={step.id} />
      <Tabs value={tab} onChange={show} className="panel-tabs" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
          <Tabs.Tab value="try">Try result</Tabs.Tab>
          <Tabs.Tab value="about">About</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="settings" className="panel-body">
          <Settings {...props} key={step.id} />
        </Tabs.Panel>
        <Tabs.Panel value="try" className="panel-body">
          <StepResult record={tried} trying={trying ?? null} />
        </Tabs.Panel>
        <Tabs.Panel value="about" className="panel-body">
          {kind ? <Markdown text={kind.about} /> : <Loading />}
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}

function Settings(props: StepPanelProps) {
  const { flow, workspace, definition, step, pointer, problems, readOnly, onChange, onDefinition } = props;
  const { defs, error, isPending, retry } = useDefs();
  const place = usePlace(flow, workspace, definition, pointer);
  if (error) return <ErrorBox error={error} retry={retry} />;
  if (isPending) return <Loading />;
  const schema = defs[`step_${step.kind}`];
  if (!isObject(schema))
    return (
      <>
        <p className="bad">This server knows no step of the kind “{step.kind}”.</p>
        <YamlField value={step} onChange={(next) => isObject(next) && onChange(next as Step)} label="Step" />
      </>
    );
  const required = (Array.isArray(schema.required) ? schema.required : []) as string[];
  const more = MORE.filter((key) => !required.includes(key));
  const form = {
    value: step,
    onChange: (next: unknown) => onChange(next as Step),
    problems: problems.at,
    disabled: readOnly,
    expressions: place,
    defs,
  };
  const addConnection = (name: string) =>
    onDefinition({ ...definition, connections: { ...definition.connections, [name]: { connector: 'http' } } });
  const used = more.some((key) => key in step || problems.at(`${pointer}/${key}`, true).length > 0);
  const others = Object.keys(isObject(schema.properties) ? schema.properties : {}).filter((key) => !more.includes(key));
  const unknown = Object.keys(step).filter((key) => !others.includes(key) && !more.includes(key));
  return (
    <>
      <SchemaForm {...form} schema={schema} hidden={[...ABOVE, ...more]} addConnection={addConnection} />
      <details className="panel-more" open={used || undefined}>
        <summary>More: condition, note, switched off</summary>
        <SchemaForm
          {...form}
          problems={(at, below) => (at === pointer ? [] : problems.at(at, below))}
          schema={only(schema, more)}
          hidden={[...others, ...unknown]}
          all
        />
      </details>
    </>
  );
}

/** The definition as hints are asked with it: changed while one types, but not for each letter anew in every field. */
export function usePlace(flow: string, workspace: string, definition: Definition, pointer: string): Place {
  const [place, set] = useState({ flow, workspace, definition, pointer });
  useEffect(() => set({ flow, workspace, definition, pointer }), [flow, workspace, definition, pointer]);
  return place;
}
