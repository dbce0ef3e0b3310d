// A lost update is impossible (R18): who changed what, both texts side by side, and the person decides; no text is lost.
import { Button, Group, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Change } from '../api/problem';
import { versionQuery } from '../api/queries';
import { Loading } from '../components/States';
import { TimeAgo } from '../components/Time';
import { useFlow } from './FlowContext';
import { type Refusal, useWork } from './Work';
import { deed } from './words';

const MergeDefinitions = lazy(() => import('../compare/MergeDefinitions'));

export function ConflictDialog({ refusal }: { refusal: Refusal }) {
  const { flow, workspace } = useFlow();
  const { editor, forgetRefusal, open, seen } = useWork();
  const { changes, more } = refusal.problem;
  const now = Number(more.current_revision);
  const theirs = newestVersion(changes);
  const text = editor.dirty && theirs !== null;
  const saves = refusal.what === 'draft' || refusal.what === 'stage';
  return (
    <Modal opened onClose={forgetRefusal} title="Somebody else was faster" size={text ? '90%' : 'lg'}>
      <p className="dialog-lead">
        Nothing was done, because {flow.name} has changed since you saw it.
        {editor.dirty && ' Your text is as you left it.'}
      </p>
      <ul className="dialog-list conflict-changes">
        {changes.map((change) => (
          <li key={`${change.at} ${change.action} ${change.version}`}>
            <strong>{change.actor}</strong> {deed(change)}, <TimeAgo at={change.at} />
          </li>
        ))}
      </ul>
      {text && <SideBySide flow={flow.slug} theirs={theirs} mine={editor.definition} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={forgetRefusal}>
          Cancel
        </Button>
        {theirs !== null && (
          <Button
            variant="default"
            onClick={() => {
              forgetRefusal();
              seen.saw(now);
              void open(theirs);
            }}
          >
            Open v{theirs}
            {editor.dirty && ', set mine aside'}
          </Button>
        )}
        <Button className="cta" onClick={() => refusal.again(now)}>
          {saves && editor.dirty ? 'Save mine on top' : `Go on${workspace ? '' : ' anyway'}`}
        </Button>
      </Group>
    </Modal>
  );
}

function SideBySide({ flow, theirs, mine }: { flow: string; theirs: number; mine: unknown }) {
  const found = useQuery(versionQuery(flow, theirs));
  if (!found.data) return <Loading lines={4} />;
  return (
    <Suspense fallback={<Loading lines={4} />}>
      <MergeDefinitions
        from={found.data.definition}
        to={mine}
        fromLabel={`Theirs: v${theirs} by ${found.data.author}`}
        toLabel="Mine, not saved"
      />
    </Suspense>
  );
}

function newestVersion(changes: readonly Change[]): number | null {
  const saved = changes.filter((change) => change.action === 'version.saved').map((change) => change.version ?? 0);
  const others = changes.map((change) => change.version ?? 0);
  const newest = Math.max(0, ...(saved.length ? saved : others));
  return newest || null;
}
