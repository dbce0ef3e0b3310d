// What Home shows on a new server: the three first steps, and which of them are done.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Icon } from '../components/icons';

export function FirstSteps({ workspaces }: { workspaces: boolean }) {
  return (
    <section className="home-first" aria-labelledby="home-first">
      <h2 id="home-first">Three first steps</h2>
      <ol>
        <Step number={1} done={workspaces} title={<Link to="/workspaces">Create a workspace</Link>}>
          It is where flows run for one customer, one project or one test bench.
        </Step>
        <Step number={2} done={false} title={<Link to="/flows">Create a flow</Link>}>
          A trigger and steps. Save it as a draft, try it on staging, then promote it to main in every workspace at
          once.
        </Step>
        <Step number={3} done={false} title="Read the tutorial">
          <code>docs/tutorial.md</code> builds a first flow in ten minutes. To see flows that run already, start{' '}
          <code>flowslot demo</code> in a terminal; every call is in the{' '}
          <a href="/api/docs" target="_blank" rel="noreferrer">
            API reference
          </a>
          .
        </Step>
      </ol>
    </section>
  );
}

type StepProps = { number: number; done: boolean; title: ReactNode; children: ReactNode };

function Step({ number, done, title, children }: StepProps) {
  return (
    <li className={done ? 'done' : undefined}>
      <span className="home-number" role="img" aria-label={done ? `Step ${number}, done` : `Step ${number}`}>
        {done ? <Icon name="check" size={18} strokeWidth={2.6} /> : number}
      </span>
      <div>
        <h3>{title}</h3>
        <p>{children}</p>
      </div>
    </li>
  );
}
