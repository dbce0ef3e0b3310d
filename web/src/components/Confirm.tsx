// Asks before something that is hard to take back; says what will happen, and what went wrong.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ErrorBox } from './States';

type Props = {
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** Names the act, such as "Delete workspace". */
  act: string;
  /** A text that must be typed first, for what cannot be undone. */
  typed?: string;
  does: () => Promise<unknown>;
  close: () => void;
};

export function Confirm({ title, children, act, typed, does, close }: Props) {
  const [text, setText] = useState('');
  const doing = useMutation({ mutationFn: does, onSuccess: close });
  return (
    <Modal opened onClose={close} title={title} size="md">
      <Stack>
        <div>{children}</div>
        {typed && (
          <TextInput
            label={`Type ${typed} to confirm`}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
        {doing.error && <ErrorBox error={doing.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus={typed ? undefined : true}>
            Cancel
          </Button>
          <Button
            color="red"
            loading={doing.isPending}
            disabled={typed !== undefined && text !== typed}
            onClick={() => doing.mutate()}
          >
            {act}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
