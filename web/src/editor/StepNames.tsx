// What a step is called: by people, and in expressions.
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Wrong } from '../forms/Frame';
import { withKey } from '../forms/places';
import type { Step } from './document';
import type { StepPanelProps } from './StepPanel';

type Props = Pick<StepPanelProps, 'step' | 'pointer' | 'problems' | 'readOnly' | 'onChange' | 'onRename'>;

export function StepNames({ step, pointer, problems, readOnly, onChange, onRename }: Props) {
  const [id, type] = useState<string | null>(null);
  const [refusal, refuse] = useState<string | null>(null);
  const leave = () => {
    if (id === null) return;
    const why = id === step.id ? null : onRename(id);
    refuse(why);
    if (why === null) type(null);
  };
  return (
    <div className="panel-names">
      <div data-pointer={`${pointer}/name`}>
        <TextInput
          label="Name"
          placeholder="What people call it"
          value={step.name ?? ''}
          readOnly={readOnly}
          maxLength={200}
          onChange={(event) => onChange(withKey(step, 'name', event.target.value || undefined) as Step)}
        />
        <Wrong told={problems.at(`${pointer}/name`)} />
      </div>
      <div data-pointer={`${pointer}/id`}>
        <TextInput
          label="Id"
          title="Expressions use the output as steps.<id>"
          className="mono-input"
          value={id ?? step.id}
          readOnly={readOnly}
          error={refusal}
          spellCheck={false}
          onChange={(event) => {
            type(event.target.value);
            refuse(null);
          }}
          onBlur={leave}
          onKeyDown={(event) => {
            if (event.key === 'Enter') leave();
            if (event.key === 'Escape' && id !== null) {
              event.stopPropagation();
              type(null);
              refuse(null);
            }
          }}
        />
        <Wrong told={problems.at(`${pointer}/id`)} />
      </div>
    </div>
  );
}
