// Failure rates of the flows that failed most, as bars; the same as a sentence and as a table with links.
import { Link } from '@tanstack/react-router';
import { Bar, BarChart, LabelList, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { count, percent, type Rate, ratesInWords, worst } from './figures';
import { Plot } from './Plot';
import type { Statistics } from './queries';

const MOST = 10;
const ROW = 26;
const LONGEST = 24;

type Props = { flows: Statistics['flows']; workspace: string | undefined };

export function RatesPlot({ flows, workspace }: Props) {
  const rates = worst(flows, MOST);
  const named = rates.map((rate) => ({ ...rate, told: `${percent(rate.rate)} · ${count(rate.failed)}` }));
  return (
    <Plot
      title="Failure rate per flow"
      summary={ratesInWords(rates)}
      table={<Table rates={rates} workspace={workspace} />}
      empty={rates.length === 0}
    >
      <ResponsiveContainer width="100%" height={rates.length * ROW + 24}>
        <BarChart
          data={named}
          layout="vertical"
          margin={{ top: 4, right: 84, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <XAxis type="number" domain={[0, 1]} hide />
          <YAxis
            type="category"
            dataKey="flow"
            width={170}
            interval={0}
            axisLine={false}
            tickLine={false}
            tick={{ fill: 'var(--text)', fontSize: 12 }}
            tickFormatter={(flow: string) => shortened(named.find((each) => each.flow === flow)?.name ?? flow)}
          />
          <Tooltip
            cursor={{ fill: 'var(--hover)' }}
            content={({ active, payload }) =>
              active && payload[0] ? <Told rate={payload[0].payload as Rate} /> : null
            }
          />
          <Bar
            dataKey="rate"
            fill="var(--bad)"
            background={{ fill: 'var(--hover)' }}
            isAnimationActive={false}
            barSize={14}
          >
            <LabelList dataKey="told" position="right" fill="var(--text)" fontSize={12} />
          </Bar>
        </BarChart>
      </ResponsiveContainer>
    </Plot>
  );
}

function shortened(name: string): string {
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}

function Told({ rate }: { rate: Rate }) {
  return (
    <div className="home-told">
      <strong>{rate.name}</strong>
      <div>
        {count(rate.failed)} of {count(rate.success + rate.failed)} runs failed ({percent(rate.rate)})
      </div>
    </div>
  );
}

function Table({ rates, workspace }: { rates: readonly Rate[]; workspace: string | undefined }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Flow</th>
          <th scope="col" className="numeric">
            Failed
          </th>
          <th scope="col" className="numeric">
            Success
          </th>
          <th scope="col" className="numeric">
            Rate
          </th>
        </tr>
      </thead>
      <tbody>
        {rates.map((rate) => (
          <tr key={rate.flow}>
            <th scope="row">
              <Link
                className="link"
                to="/runs"
                search={{ flow: rate.flow, status: 'failed', ...(workspace ? { workspace } : {}) }}
              >
                {rate.name}
              </Link>
            </th>
            <td className="numeric">{count(rate.failed)}</td>
            <td className="numeric">{count(rate.success)}</td>
            <td className="numeric">{percent(rate.rate)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
