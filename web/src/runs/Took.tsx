// How long a run took, or has been at it so far: it counts while one looks.
import { useEffect, useState } from 'react';
import { duration, lasted } from '../components/Time';

type Timed = { status: string; started_at: string | null; ended_at: string | null };

export function Took({ run }: { run: Timed }) {
  if (run.started_at === null) return <span className="quiet">–</span>;
  if (run.ended_at !== null) return lasted(run.started_at, run.ended_at);
  return <Counting from={run.started_at} />;
}

function Counting({ from }: { from: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return <span className="quiet">{duration(Math.max(0, now - Date.parse(from)))}</span>;
}
