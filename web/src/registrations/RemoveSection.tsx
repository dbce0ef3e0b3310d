// Takes the flow out of a workspace, after asking.
import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, must } from '../api/client';
import { Icon } from '../components/icons';
import { said } from '../components/notices';
import { useFlow } from '../flow/FlowContext';
import type { Registration } from './queries';
import { Refusal } from './Refusal';

export function RemoveSection({ registration, done }: { registration: Registration; done: () => void }) {
  const { flow } = useFlow();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const { workspace, workspace_name: name } = registration;
  const remove = useMutation({
    mutationFn: () =>
      must(api.DELETE('/flows/{flow}/registrations/{ws}', { params: { path: { flow: flow.slug, ws: workspace } } })),
    onSuccess: () => {
      done();
      said(`${flow.name} is no longer registered to ${name}.`);
      void client.invalidateQueries({ queryKey: ['registration-list', flow.slug] }); // not the registration: it is gone
    },
  });
  return (
    <section>
      {asked ? (
        <div className="registration-ask" role="group" aria-label="Remove this registration?">
          <p>
            Take <strong>{flow.name}</strong> out of <strong>{name}</strong>? Its configuration, its bindings and its
            webhook addresses there are lost; runs stay on record.
          </p>
          <Group gap="xs">
            <Button
              size="sm"
              className="registration-danger"
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              Remove registration
            </Button>
            <Button size="sm" variant="default" onClick={() => setAsked(false)}>
              Keep it
            </Button>
          </Group>
          {remove.error && <Refusal error={remove.error} />}
        </div>
      ) : (
        <Button
          size="sm"
          variant="default"
          leftSection={<Icon name="trash" size={15} />}
          onClick={() => setAsked(true)}
        >
          Remove registration…
        </Button>
      )}
    </section>
  );
}
