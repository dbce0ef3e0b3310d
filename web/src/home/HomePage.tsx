// Home: how runs went, which flows fail, what waits to be promoted, and what needs attention.
import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useLively } from '../api/useLively';
import { Page } from '../components/Page';
import { ErrorBox, Loading } from '../components/States';
import { WorkspaceSelect } from '../components/WorkspaceSelect';
import { Attention } from './Attention';
import { FirstSteps } from './FirstSteps';
import { count, listed, percent, sumOf, totalOf } from './figures';
import './home.css';
import { Promotions, Waiting } from './Moving';
import { beginningQuery, type Statistics, statisticsQuery } from './queries';
import { RatesPlot } from './RatesPlot';
import { RunsPlot } from './RunsPlot';

const PERIODS = [
  { value: '24h', label: '24 hours', hours: 24 },
  { value: '7d', label: '7 days', hours: 168 },
] as const;

export function HomePage() {
  const { workspace, period } = useSearch({ from: '/shell/' });
  const navigate = useNavigate({ from: '/' });
  const { value, hours } = PERIODS.find((each) => each.value === period) ?? PERIODS[0];
  const beginning = useQuery(beginningQuery());
  const { data, error, refetch } = useQuery(statisticsQuery(workspace, hours));
  useLively(['home']);
  const fresh = beginning.data?.flows === false;
  const filter = (change: { workspace?: string; period?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page
      title="Home"
      actions={
        !fresh && (
          <>
            <WorkspaceSelect value={workspace} onChange={(to) => filter({ workspace: to })} />
            <SegmentedControl
              aria-label="Time shown"
              data={PERIODS.map(({ value: each, label }) => ({ value: each, label }))}
              value={value}
              onChange={(to) => filter({ period: to === PERIODS[0].value ? undefined : to })}
            />
          </>
        )
      }
    >
      {error && !data && <ErrorBox error={error} retry={() => void refetch()} />}
      {!error && (!data || beginning.isPending) && <Loading lines={10} label="Loading Home" />}
      {fresh && <FirstSteps workspaces={beginning.data?.workspaces ?? false} />}
      {data && beginning.data?.flows !== false && <Figures data={data} workspace={workspace} />}
    </Page>
  );
}

function Figures({ data, workspace }: { data: Statistics; workspace: string | undefined }) {
  return (
    <div className="home">
      <Sums data={data} />
      <div className="home-column">
        <RunsPlot hours={data.hours} />
        <RatesPlot flows={data.flows} workspace={workspace} />
      </div>
      <div className="home-column">
        <Attention items={data.attention} />
        <Waiting items={data.waiting} workspace={workspace} />
        <Promotions items={data.promotions} />
      </div>
    </div>
  );
}

function Sums({ data }: { data: Statistics }) {
  const all = data.hours.reduce((sum, hour) => sum + totalOf(hour), 0);
  const failed = sumOf(data.hours, 'failed') + sumOf(data.hours, 'exception');
  const ended = failed + sumOf(data.hours, 'success');
  return (
    <dl className="home-sums">
      <Sum word="Runs" figure={count(all)} more={data.bounded ? 'the newest 100,000' : undefined} />
      <Sum
        word="Failed"
        figure={count(failed)}
        bad={failed > 0}
        more={ended > 0 ? percent(failed / ended) : undefined}
      />
      <Sum word="Not ended" figure={count(sumOf(data.hours, 'open'))} />
      <Sum word="Staged, not promoted" figure={listed(data.waiting)} />
      <Sum word="Promotions of 7 days" figure={listed(data.promotions)} />
    </dl>
  );
}

function Sum({ word, figure, more, bad = false }: { word: string; figure: string; more?: string; bad?: boolean }) {
  return (
    <div className="home-sum">
      <dt>{word}</dt>
      <dd>
        <span className={bad ? 'bad' : undefined}>{figure}</span>
        {more && <small>{more}</small>}
      </dd>
    </div>
  );
}
