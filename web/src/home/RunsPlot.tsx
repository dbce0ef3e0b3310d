// Runs over time as stacked bars, by how they ended; the same as a sentence and as a table.
import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { ExactTime } from '../components/Time';
import {
  type Bar as Amount,
  bars,
  count,
  type Hour,
  runsInWords,
  STATUSES,
  type Status,
  totalOf,
  WORDS,
} from './figures';
import { Plot } from './Plot';

/** Above so many hours, bars hold six of them. */
const DAY = 24;
const TOGETHER = 6;
/** Failures are hatched too: never by colour alone. */
const FILLS: Record<Status, string> = {
  success: 'var(--home-success)',
  failed: 'url(#home-failed)',
  exception: 'url(#home-exception)',
  canceled: 'var(--home-canceled)',
  open: 'var(--home-open)',
};
const hourOf = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayOf = new Intl.DateTimeFormat('en', { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export function RunsPlot({ hours }: { hours: readonly Hour[] }) {
  const together = hours.length > DAY + 1 ? TOGETHER : 1;
  const amounts = bars(hours, together);
  const shown = STATUSES.filter((status) => amounts.some((each) => each[status] > 0));
  const label = together === 1 ? hourOf : dayOf;
  return (
    <Plot
      title={together === 1 ? 'Runs per hour' : `Runs per ${together} hours`}
      summary={runsInWords(hours)}
      table={<Table amounts={amounts} />}
      empty={shown.length === 0}
    >
      <ResponsiveContainer width="100%" height={230}>
        <BarChart data={amounts} margin={{ top: 6, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <defs>
            <Hatched id="home-failed" color="var(--bad)" angle={45} />
            <Hatched id="home-exception" color="var(--moved)" angle={-45} />
          </defs>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="at"
            tickFormatter={(at: string) => label.format(new Date(at))}
            tick={{ fill: 'var(--quiet)', fontSize: 12 }}
            stroke="var(--line)"
            minTickGap={28}
          />
          <YAxis
            allowDecimals={false}
            width={44}
            tick={{ fill: 'var(--quiet)', fontSize: 12 }}
            axisLine={false}
            tickLine={false}
          />
          <Tooltip
            cursor={{ fill: 'var(--hover)' }}
            content={({ active, payload }) =>
              active && payload[0] ? <Told amount={payload[0].payload as Amount} label={dayOf} /> : null
            }
          />
          <Legend
            iconType="square"
            itemSorter={null}
            formatter={(word) => <span className="home-legend">{word}</span>}
          />
          {shown.map((status) => (
            <Bar
              key={status}
              dataKey={status}
              name={WORDS[status]}
              stackId="runs"
              fill={FILLS[status]}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </Plot>
  );
}

function Hatched({ id, color, angle }: { id: string; color: string; angle: number }) {
  return (
    <pattern id={id} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform={`rotate(${angle})`}>
      <rect width={5} height={5} fill={color} opacity={0.45} />
      <rect width={2.4} height={5} fill={color} />
    </pattern>
  );
}

function Told({ amount, label }: { amount: Amount; label: Intl.DateTimeFormat }) {
  return (
    <div className="home-told">
      <strong>{label.format(new Date(amount.at))}</strong>
      {STATUSES.filter((status) => amount[status] > 0).map((status) => (
        <div key={status}>
          {WORDS[status]}: {count(amount[status])}
        </div>
      ))}
      {totalOf(amount) === 0 && <div>No runs</div>}
    </div>
  );
}

function Table({ amounts }: { amounts: readonly Amount[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">From</th>
          {STATUSES.map((status) => (
            <th scope="col" key={status} className="numeric">
              {WORDS[status]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {amounts.map((amount) => (
          <tr key={amount.at}>
            <th scope="row">
              <ExactTime at={amount.at} />
            </th>
            {STATUSES.map((status) => (
              <td key={status} className="numeric">
                {count(amount[status])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
