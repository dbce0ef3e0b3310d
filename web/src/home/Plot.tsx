// The frame of a plot: its title, what it says in a sentence, and its figures as a table for who asks.
import type { ReactNode } from 'react';

type Props = { title: string; summary: string; table: ReactNode; empty: boolean; children: ReactNode };

export function Plot({ title, summary, table, empty, children }: Props) {
  return (
    <figure className="home-card home-plot">
      <figcaption>
        <h2>{title}</h2>
        <p className="quiet">{summary}</p>
      </figcaption>
      {empty ? (
        <p className="home-none">Nothing to plot in this time.</p>
      ) : (
        <>
          <div aria-hidden="true" className="home-canvas">
            {children}
          </div>
          <details>
            <summary>Figures as a table</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keyboard */}
            <section className="home-table" aria-label={`${title}: figures`} tabIndex={0}>
              {table}
            </section>
          </details>
        </>
      )}
    </figure>
  );
}
