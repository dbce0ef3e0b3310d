// What belongs to the whole flow: its trigger, the schema of its configuration, the connections that it needs.
import { ActionIcon, Button, Tabs, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Icon } from '../components/icons';
import { Wrong } from '../forms/Frame';
import { justJumped, onJump } from '../forms/jump';
import { isObject, keysOf, under, withKey } from '../forms/places';
import { SchemaField } from '../forms/SchemaField';
import { ScopeContext } from '../forms/scope';
import { YamlField } from '../forms/YamlField';
import type { Definition } from './document';
import { PanelHead } from './PanelHead';
import type { Problems } from './problems';
import { TriggerPanel } from './TriggerPanel';
import './panels.css';

export type FlowPanelProps = {
  flow: string;
  workspace: string;
  definition: Definition;
  problems: Problems;
  readOnly?: boolean;
  onChange: (next: Definition) => void;
  onClose?: () => void;
};

export function FlowPanel(props: FlowPanelProps) {
  const { definition, problems, readOnly = false, onClose } = props;
  const [tab, show] = useState<string | null>(() => tabOf(justJumped() ?? ''));
  useEffect(() => onJump((pointer) => show(tabOf(pointer))), []);
  const kind = String(definition.trigger?.kind ?? '');
  const scope = { place: null, problems: problems.at, disabled: readOnly, defs: {} };
  return (
    <aside className="panel" aria-label="Settings of the trigger and the flow">
      <PanelHead icon={kind} title="Trigger and flow" closes="Close settings" onClose={onClose} />
      <Tabs value={tab} onChange={show} className="panel-tabs">
        <Tabs.List>
          <Tabs.Tab value="trigger">Trigger</Tabs.Tab>
          <Tabs.Tab value="config">Configuration</Tabs.Tab>
          <Tabs.Tab value="connections">Connections</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="trigger" className="panel-body">
          <TriggerPanel {...props} />
        </Tabs.Panel>
        <Tabs.Panel value="config" className="panel-body">
          <ScopeContext value={scope}>
            <Configuration {...props} />
          </ScopeContext>
        </Tabs.Panel>
        <Tabs.Panel value="connections" className="panel-body">
          <ScopeContext value={scope}>
            <Connections {...props} />
          </ScopeContext>
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}

function tabOf(pointer: string): string {
  const [first = ''] = keysOf(pointer);
  return first === 'config' || first === 'connections' ? first : 'trigger';
}

function Configuration({ definition, problems, onChange }: FlowPanelProps) {
  return (
    <div data-pointer="/config">
      <p className="field-about">
        The values that each workspace fills in at its registration. Expressions use them as <code>config.name</code>.
      </p>
      <SchemaField
        value={definition.config}
        label="Configuration"
        pointer="/config"
        onChange={(next) => onChange(withKey(definition, 'config', emptied(next)) as Definition)}
      />
      <Wrong told={problems.at('/config', true)} />
    </div>
  );
}

/** A schema without fields says nothing, and is left out. */
function emptied(schema: unknown): unknown {
  if (!isObject(schema)) return schema;
  const { type, properties, ...rest } = schema;
  const says = Object.keys(rest).length > 0 || (isObject(properties) && Object.keys(properties).length > 0);
  return says || type !== 'object' ? schema : undefined;
}

function Connections({ definition, problems, readOnly, onChange }: FlowPanelProps) {
  const declared = definition.connections;
  const put = (next: Record<string, unknown>) =>
    onChange(withKey(definition, 'connections', Object.keys(next).length > 0 ? next : undefined) as Definition);
  return (
    <div data-pointer="/connections">
      <p className="field-about">
        The names by which the steps call what they connect to. Each workspace binds one of its own connections to each
        name.
      </p>
      {declared === undefined || isObject(declared) ? (
        <ul className="connection-names">
          {Object.entries(declared ?? {}).map(([name, given]) => (
            <li key={name} data-pointer={under('/connections', name)}>
              <Icon name="connection" size={16} />
              <span className="mono">{name}</span>
              <span className="quiet">{isObject(given) ? String(given.connector ?? '') : ''}</span>
              {!readOnly && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  aria-label={`Remove connection ${name}`}
                  onClick={() => put(withKey(declared ?? {}, name, undefined))}
                >
                  <Icon name="x" size={14} />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <YamlField value={declared} onChange={(next) => put(next as Record<string, unknown>)} label="Connections" />
      )}
      {!readOnly && (
        <NewName
          taken={Object.keys(declared ?? {})}
          onAdd={(name) => put({ ...declared, [name]: { connector: 'http' } })}
        />
      )}
      <Wrong told={problems.at('/connections', true)} />
    </div>
  );
}

function NewName({ taken, onAdd }: { taken: string[]; onAdd: (name: string) => void }) {
  const [name, type] = useState('');
  const wrong = !/^[a-z][a-z0-9_]{0,99}$/.test(name)
    ? 'Small letters, digits and _, a letter first.'
    : taken.includes(name)
      ? 'This name is there already.'
      : null;
  return (
    <form
      className="connection-new"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong) return;
        onAdd(name);
        type('');
      }}
    >
      <TextInput
        aria-label="Name of the new connection"
        placeholder="erp"
        value={name}
        error={name !== '' ? wrong : undefined}
        onChange={(event) => type(event.target.value)}
      />
      <Button type="submit" variant="default" disabled={wrong !== null}>
        Add connection
      </Button>
    </form>
  );
}
