// An address that leads nowhere.
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Empty } from '../components/States';

export function NotFound() {
  return (
    <main className="lone">
      <Empty
        icon="search"
        title="There is nothing at this address"
        action={
          <Anchor component={Link} to="/flows">
            To the flows
          </Anchor>
        }
      >
        It may have been deleted, or the link is not whole.
      </Empty>
    </main>
  );
}
