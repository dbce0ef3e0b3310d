// What starts the flow: the kind of its trigger, and the settings of that kind.
import { Select } from '@mantine/core';
import { useRef } from 'react';
import { ErrorBox, Loading } from '../components/States';
import { isObject, type JsonObject } from '../forms/places';
import { SchemaForm } from '../forms/SchemaForm';
import { YamlField } from '../forms/YamlField';
import type { FlowPanelProps } from './FlowPanel';
import { useDefs, useKind, useTriggerKinds } from './kinds';
import { Markdown } from './Markdown';

export function TriggerPanel({ flow, workspace, definition, problems, readOnly, onChange }: FlowPanelProps) {
  const { defs, error, isPending, retry } = useDefs();
  const kinds = useTriggerKinds();
  const kept = useRef<Record<string, JsonObject>>({});
  const trigger = isObject(definition.trigger) ? definition.trigger : {};
  const kind = String(trigger.kind ?? '');
  const about = useKind('trigger', kind)?.about;
  const put = (next: unknown) => onChange({ ...definition, trigger: next as Definition['trigger'] });
  const turn = (to: string) => {
    kept.current[kind] = trigger;
    put(kept.current[to] ?? begun(to, trigger, defs[`trigger_${to}`]));
  };
  if (error) return <ErrorBox error={error} retry={retry} />;
  if (isPending) return <Loading />;
  const schema = defs[`trigger_${kind}`];
  return (
    <div className="keys">
      <div data-pointer="/trigger/kind">
        <Select
          label="Started by"
          data={kinds.some((each) => each.value === kind) || kind === '' ? kinds : [...kinds, kind]}
          value={kind || null}
          allowDeselect={false}
          readOnly={readOnly}
          onChange={(to) => to && to !== kind && turn(to)}
        />
      </div>
      {isObject(schema) ? (
        <SchemaForm
          key={kind}
          schema={schema}
          value={trigger}
          onChange={put}
          problems={problems.at}
          disabled={readOnly}
          expressions={{ flow, workspace, definition, pointer: '/trigger' }}
          defs={defs}
          hidden={['kind']}
          all={kind !== 'schedule'}
        />
      ) : (
        <YamlField value={definition.trigger} onChange={put} label="Trigger" />
      )}
      {about && (
        <details className="panel-more">
          <summary>About this trigger</summary>
          <Markdown text={about} />
        </details>
      )}
    </div>
  );
}

type Definition = FlowPanelProps['definition'];

/** A trigger of another kind keeps what that kind has too, such as the schema of the input. */
function begun(kind: string, before: JsonObject, schema: unknown): JsonObject {
  const known = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  const shared = Object.entries(before).filter(([key]) => key !== 'kind' && Object.hasOwn(known, key));
  return { kind, ...Object.fromEntries(shared), ...(kind === 'schedule' ? { cron: '0 6 * * *' } : {}) };
}
