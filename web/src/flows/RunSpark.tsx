// Runs of 24 hours as a line of small bars, failures marked; the same in words for those who do not see it.
import { memo } from 'react';

type Hour = { success: number; failed: number };
type Props = { hours: readonly Hour[]; total: Hour };

const BAR = 4;
const TALL = 24;
const LEAST = 2;

export const RunSpark = memo(function RunSpark({ hours, total }: Props) {
  const all = total.success + total.failed;
  if (all === 0) return <span className="quiet">no runs</span>;
  const most = Math.max(1, ...hours.map((hour) => hour.success + hour.failed));
  return (
    <span className="flows-runs" title={inWords(hours, total)}>
      <svg
        width={hours.length * BAR}
        height={TALL}
        role="img"
        aria-label={inWords(hours, total)}
        className="flows-spark"
      >
        <path className="flows-spark-floor" d={`M0 ${TALL - 0.5}H${hours.length * BAR}`} />
        {hours.map((hour, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
          <Bar key={at} hour={hour} x={at * BAR} most={most} />
        ))}
      </svg>
      <span className="flows-two">
        <span>{short(all)}</span>
        {total.failed > 0 && <span className="bad">{short(total.failed)} failed</span>}
      </span>
    </span>
  );
});

function Bar({ hour, x, most }: { hour: Hour; x: number; most: number }) {
  const scale = (count: number) => (count === 0 ? 0 : Math.max(LEAST, (count / most) * (TALL - 5)));
  const failed = scale(hour.failed);
  const good = scale(hour.success);
  const top = TALL - 1 - good - failed;
  return (
    <>
      {good > 0 && <rect className="flows-spark-good" x={x} y={TALL - 1 - good} width={BAR - 1} height={good} />}
      {failed > 0 && <rect className="flows-spark-bad" x={x} y={top} width={BAR - 1} height={failed} />}
      {failed > 0 && <path className="flows-spark-mark" d={`M${x} ${top - 3}l3 2M${x} ${top - 1}l3 -2`} />}
    </>
  );
}

function inWords(hours: readonly Hour[], { success, failed }: Hour): string {
  const said = `${success + failed} runs in 24 hours, ${failed === 0 ? 'none' : failed} failed`;
  const last = hours.findLastIndex((hour) => hour.failed > 0);
  if (last < 0) return said;
  const ago = hours.length - 1 - last;
  return `${said}, last ${ago === 0 ? 'in this hour' : `${ago} ${ago === 1 ? 'hour' : 'hours'} ago`}`;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** 812, 9400, 12K: a count where there is little room. */
export function short(count: number): string {
  return count < 10_000 ? String(count) : compact.format(count);
}
