// What can be done with the selected runs: run them again, cancel them; with progress, and what failed and why.
import { Button, Group, Modal, Progress as ProgressBar, Radio, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../components/icons';
import { type Act, actOn, actOnAll, type Progress } from './bulk';
import type { Run } from './rows';

type Props = { runs: readonly Run[]; clear: () => void };

const count = (runs: number) => `${runs.toLocaleString('en')} ${runs === 1 ? 'run' : 'runs'}`;

export function BulkBar({ runs, clear }: Props) {
  const [asked, ask] = useState<{ what: 'rerun' | 'cancel'; runs: readonly Run[] } | null>(null);
  const open = runs.filter((run) => run.ended_at === null);
  return (
    <section className="runs-bulk" aria-label="Selected runs">
      <strong>{count(runs.length)} selected</strong>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Icon name="rerun" size={14} />}
        onClick={() => ask({ what: 'rerun', runs })}
      >
        Rerun…
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Icon name="stop" size={14} />}
        disabled={open.length === 0}
        title={open.length === 0 ? 'All of them have ended.' : undefined}
        onClick={() => ask({ what: 'cancel', runs: open })}
      >
        {open.length > 0 && open.length < runs.length ? `Cancel ${open.length} that have not ended…` : 'Cancel…'}
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={clear}>
        Clear selection
      </Button>
      {asked && (
        <BulkDialog
          what={asked.what}
          runs={asked.runs}
          close={(done) => {
            ask(null);
            if (done) clear();
          }}
        />
      )}
    </section>
  );
}

type DialogProps = { what: 'rerun' | 'cancel'; runs: readonly Run[]; close: (done: boolean) => void };

function BulkDialog({ what, runs, close }: DialogProps) {
  const [version, setVersion] = useState<'same' | 'current'>('same');
  const [progress, tell] = useState<Progress | null>(null);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const begin = () => {
    stop.current = new AbortController();
    const act: Act = what === 'cancel' ? 'cancel' : `rerun-${version}`;
    void actOnAll(runs, (run) => actOn(run, act), stop.current.signal, tell);
  };
  const working = progress?.state === 'working';
  const title = what === 'rerun' ? `Run ${count(runs.length)} again` : `Cancel ${count(runs.length)}`;
  return (
    <Modal
      opened
      onClose={() => close(progress !== null)}
      title={title}
      closeOnClickOutside={!working}
      closeOnEscape={!working}
      withCloseButton={!working}
    >
      <Stack>
        {progress ? (
          <Working progress={progress} what={what} />
        ) : what === 'rerun' ? (
          <Version version={version} setVersion={setVersion} />
        ) : (
          <p className="runs-say">
            One that waits ends now; one that is being worked on ends before its next effect. What they have done stays
            done.
          </p>
        )}
        <Group justify="flex-end">
          {!progress && (
            <>
              <Button variant="default" onClick={() => close(false)}>
                Keep as they are
              </Button>
              <Button
                className={what === 'rerun' ? 'cta' : undefined}
                color={what === 'cancel' ? 'red' : undefined}
                onClick={begin}
              >
                {title}
              </Button>
            </>
          )}
          {working && (
            <Button
              variant="default"
              leftSection={<Icon name="stop" size={14} />}
              onClick={() => stop.current?.abort()}
            >
              Stop
            </Button>
          )}
          {progress && !working && (
            <Button className="cta" onClick={() => close(true)}>
              Close
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

type VersionProps = { version: 'same' | 'current'; setVersion: (version: 'same' | 'current') => void };

export function Version({ version, setVersion }: VersionProps) {
  return (
    <Radio.Group
      label="On which version"
      value={version}
      onChange={(value) => setVersion(value === 'same' ? 'same' : 'current')}
    >
      <Stack gap={8} mt={6}>
        <Radio value="same" label="The version it ran on" description="Exactly what ran before, with the same input." />
        <Radio
          value="current"
          label="The current version"
          description="What the workspace runs now: for when the flow was mended since."
        />
      </Stack>
    </Radio.Group>
  );
}

const MOST_SHOWN = 50;

function Working({ progress, what }: { progress: Progress; what: 'rerun' | 'cancel' }) {
  const { total, done, failed, state } = progress;
  const share = (number: number) => (100 * number) / Math.max(1, total);
  const did = what === 'rerun' ? 'started again' : 'canceled';
  return (
    <>
      <ProgressBar.Root size="lg">
        <ProgressBar.Section value={share(done)} color="teal" aria-label={`${done} of ${total} ${did}`} />
        <ProgressBar.Section value={share(failed.length)} color="red" aria-label={`${failed.length} refused`} />
      </ProgressBar.Root>
      <p className="runs-say" role="status">
        {done.toLocaleString('en')} of {count(total)} {did}
        {failed.length > 0 && `, ${failed.length.toLocaleString('en')} refused`}
        {state === 'stopped' && '. Stopped: the others are as they were'}.
      </p>
      {failed.length > 0 && (
        <ul className="runs-failures" aria-label="What was refused">
          {failed.slice(0, MOST_SHOWN).map(({ run, why }) => (
            <li key={run.id}>
              <Link to="/runs/$run" params={{ run: run.id }} target="_blank">
                {run.flow_name} in {run.workspace_name}
              </Link>
              <span className="quiet"> {why}</span>
            </li>
          ))}
          {failed.length > MOST_SHOWN && <li className="quiet">and {failed.length - MOST_SHOWN} more</li>}
        </ul>
      )}
    </>
  );
}
