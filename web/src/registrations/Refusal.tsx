// Why a change of a registration was refused; after a lost update also who was faster (R18).
import { ApiProblem } from '../api/problem';
import { ErrorBox } from '../components/States';
import { TimeAgo } from '../components/Time';

export function Refusal({ error }: { error: unknown }) {
  const changes = error instanceof ApiProblem ? error.changes.slice(-5).reverse() : [];
  return (
    <>
      <ErrorBox error={error} />
      {changes.length > 0 && (
        <ul className="registration-changes">
          {changes.map((change) => (
            <li key={`${change.at} ${change.action}`}>
              <span className="mono">{change.action}</span>
              {change.version !== null && ` v${change.version}`} by {change.actor}, <TimeAgo at={change.at} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
