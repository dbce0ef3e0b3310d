// What a list or page shows while it loads, when it is empty, and when something went wrong.
import { Button, Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { whatNext } from '../api/problem';
import { Icon, type IconName } from './icons';

export function Loading({ lines = 6, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <Stack gap={10} p="md" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
        <Skeleton key={line} height={22} width={`${92 - ((line * 17) % 34)}%`} radius="sm" />
      ))}
    </Stack>
  );
}

type EmptyProps = { icon?: IconName; title: string; children?: ReactNode; action?: ReactNode };

export function Empty({ icon = 'info', title, children, action }: EmptyProps) {
  return (
    <div className="empty-state">
      <span className="empty-icon">
        <Icon name={icon} size={28} />
      </span>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** What went wrong, and what to do next; never raw JSON. */
export function ErrorBox({ error, retry }: { error: unknown; retry?: () => void }) {
  const next = whatNext(error);
  const problems = error instanceof Error && 'problems' in error ? (error.problems as { message: string }[]) : [];
  return (
    <div className="error-box" role="alert">
      <Icon name="alert" size={20} />
      <div>
        <strong>{error instanceof Error ? error.message : 'Something went wrong.'}</strong>
        {problems.length > 0 && (
          <ul>
            {problems.slice(0, 8).map((problem) => (
              <li key={JSON.stringify(problem)}>{problem.message}</li>
            ))}
            {problems.length > 8 && <li>and {problems.length - 8} more</li>}
          </ul>
        )}
        {next && <p>{next}</p>}
        {retry && (
          <Button size="xs" variant="default" mt={8} onClick={retry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}
