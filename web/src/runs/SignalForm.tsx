// Sends a waiting step the signal it waits for, with a JSON value of one's choice.
import { Button, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { parseExact } from '../api/exact_json';
import { said } from '../components/notices';
import { ErrorBox } from '../components/States';
import { sendSignal } from './queries';

type Props = { run: string; path: string; signal: string };

export function SignalForm({ run, path, signal }: Props) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const wrong = whyNoJson(text);
  const sending = useMutation({
    mutationFn: () => sendSignal(run, path, text.trim() === '' ? null : parseExact(text)),
    onSuccess: (answer) => {
      client.setQueryData(['run', run], answer);
      said(`The signal ${signal} was sent; the run goes on.`);
    },
  });
  return (
    <form
      className="run-signal"
      aria-label="Send the signal"
      onSubmit={(event) => {
        event.preventDefault();
        if (!wrong) sending.mutate();
      }}
    >
      <Textarea
        label={`It waits for the signal “${signal}”`}
        description="What the step gets: any JSON value, or nothing."
        placeholder={'{"approved": true}'}
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={text}
        error={wrong}
        onChange={(event) => setText(event.target.value)}
      />
      {sending.error && <ErrorBox error={sending.error} />}
      <Button type="submit" className="cta" mt={8} size="sm" loading={sending.isPending} disabled={wrong !== null}>
        Send signal
      </Button>
    </form>
  );
}

function whyNoJson(text: string): string | null {
  if (text.trim() === '') return null;
  try {
    parseExact(text);
    return null;
  } catch {
    return 'This is no JSON yet; texts stand in double quotes.';
  }
}
