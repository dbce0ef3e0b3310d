// Two versions compared: what changed as a list, on the canvas of the newer one, and field by field. The address says all.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { versionQuery } from '../api/queries';
import { Empty, ErrorBox, Loading } from '../components/States';
import { Canvas } from '../editor/Canvas';
import type { Definition } from '../editor/document';
import { useFlow } from '../flow/FlowContext';
import { ChangeList } from './ChangeList';
import { listed, marksOf } from './changes';
import './compare.css';
import { Details } from './Details';
import { diffQuery } from './queries';
import { useCompareKeys } from './useCompareKeys';

export function ComparePage() {
  const { flow, newest } = useFlow();
  const search = useSearch({ from: '/shell/flows/$flow/compare' });
  const before = flow.main?.number ?? newest[1]?.number ?? newest[0]?.number;
  const to = search.to ?? flow.staging?.number ?? flow.latest?.number;
  const from = search.from ?? before;
  if (from === undefined || to === undefined)
    return (
      <Empty icon="diff" title="There is nothing to compare yet">
        Save a first version in the editor, then a second one: what changed between them is shown here.
      </Empty>
    );
  return <Comparison from={from} to={to} />;
}

function Comparison({ from, to }: { from: number; to: number }) {
  const { flow } = useFlow();
  const search = useSearch({ from: '/shell/flows/$flow/compare' });
  const navigate = useNavigate({ from: '/flows/$flow/compare' });
  const diff = useQuery(diffQuery(flow.slug, from, to));
  const old = useQuery(versionQuery(flow.slug, from));
  const now = useQuery(versionQuery(flow.slug, to));
  const changes = useMemo(() => (diff.data ? listed(diff.data) : []), [diff.data]);
  const marks = useMemo(() => marksOf(changes), [changes]);
  const chosen = changes.find((change) => change.key === search.step || change.step === search.step) ?? changes[0];
  const go = (next: { from?: number; to?: number; step?: string }) =>
    void navigate({ search: (was) => ({ ...was, from, to, ...next }), replace: true });
  const pick = (key: string | undefined) => go({ step: key });
  const step = (by: number) => {
    const at = chosen ? changes.indexOf(chosen) : 0;
    pick(changes[(at + by + changes.length) % changes.length]?.key);
  };
  const swap = () => go({ from: to, to: from });
  useCompareKeys({ n: () => step(1), p: () => step(-1), s: swap });

  const error = diff.error ?? old.error ?? now.error;
  const retry = () => void Promise.all([diff.refetch(), old.refetch(), now.refetch()]);
  const ready = diff.data && old.data && now.data;
  return (
    <div className="compare">
      <ChangeList from={from} to={to} changes={ready && changes} chosen={chosen} pick={pick} go={go} step={step} />
      <div className="compare-main">
        {error && <ErrorBox error={error} retry={retry} />}
        {!error && !ready && <Loading label="Comparing the versions" />}
        {!error && ready && (
          <>
            <div className="compare-canvas">
              <Canvas
                definition={now.data.definition as Definition}
                selected={chosen?.mark === 'removed' ? null : (chosen?.step ?? null)}
                onSelect={(id) => {
                  if (id !== null && marks.has(id)) pick(changes.find((each) => each.step === id)?.key);
                }}
                marks={marks}
              />
            </div>
            {chosen && <Details key={chosen.key} change={chosen} from={old.data} to={now.data} />}
          </>
        )}
      </div>
    </div>
  );
}
