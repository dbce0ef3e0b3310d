// The title of a column that the list can be sorted by: a button that turns the order round.
import { Icon } from './icons';

/** What `sort` in the address says of a column: `name`, or `-name` for the reverse. */
export function sorted(sort: string | undefined, by: string): 'ascending' | 'descending' | undefined {
  if (sort === by) return 'ascending';
  return sort === `-${by}` ? 'descending' : undefined;
}

type Props = {
  title: string;
  by: string;
  sort: string | undefined;
  onSort: (sort: string) => void;
  /** Numbers and times are asked for from the greatest. */
  greatestFirst?: boolean;
};

export function SortTitle({ title, by, sort, onSort, greatestFirst = false }: Props) {
  const now = sorted(sort, by);
  const next = now === undefined ? (greatestFirst ? `-${by}` : by) : now === 'ascending' ? `-${by}` : by;
  return (
    <button type="button" className="sort-title" onClick={() => onSort(next)} title={`Sort by ${title.toLowerCase()}`}>
      {title}
      {now && <Icon name={now === 'ascending' ? 'up' : 'down'} size={12} strokeWidth={2.6} />}
    </button>
  );
}
