// What workspaces can be connected to.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { connectorsQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { Page } from '../components/Page';
import { Empty, ErrorBox, Loading } from '../components/States';
import './connectors.css';

type Property = { title?: string; description?: string };
type Schema = { properties?: Record<string, Property>; required?: string[] };

export function ConnectorsPage() {
  const { data, error, isPending, refetch } = useQuery(connectorsQuery());
  return (
    <Page title="Connectors" lead="What a workspace can be connected to">
      {isPending && <Loading label="Loading connectors" />}
      {error && <ErrorBox error={error} retry={() => void refetch()} />}
      {data?.items.length === 0 && <Empty icon="connector" title="No connectors" />}
      <ul className="connectors">
        {data?.items.map((each) => (
          <li key={each.slug}>
            <h2>
              <Icon name="connector" size={20} /> {each.name}
            </h2>
            <p>{each.description}</p>
            <h3>Settings of a connection</h3>
            <dl>
              {Object.entries((each.settings as Schema).properties ?? {}).map(([key, property]) => (
                <div key={key}>
                  <dt>
                    <code>{key}</code>
                    {(each.settings as Schema).required?.includes(key) ? ' (required)' : ''}
                  </dt>
                  <dd>{property.description ?? property.title}</dd>
                </div>
              ))}
            </dl>
            <p>
              In a definition: <code>connections: {`{erp: {connector: ${each.slug}}}`}</code>.{' '}
              <Link to="/connections">Connections of a workspace</Link>
            </p>
          </li>
        ))}
      </ul>
    </Page>
  );
}
