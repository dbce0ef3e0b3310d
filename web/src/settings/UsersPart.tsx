// Who can sign in, and with which role.
import { Button, Group, Select, Table } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, must, type S } from '../api/client';
import { usersQuery } from '../api/queries';
import { Confirm } from '../components/Confirm';
import { refused } from '../components/notices';
import { ErrorBox, Loading } from '../components/States';
import { TimeAgo } from '../components/Time';
import { ROLES, type Role } from './roles';
import { NewUserDialog, SetPasswordDialog } from './UserDialogs';

type User = S['UserAnswer'];
type Open = { dialog: 'new' } | { dialog: 'password' | 'remove'; user: User };

export function UsersPart({ self }: { self: string | undefined }) {
  const { data, error, isPending } = useQuery(usersQuery());
  const [open, setOpen] = useState<Open>();
  const client = useQueryClient();
  const close = () => setOpen(undefined);
  const changeRole = async (user: User, role: Role) => {
    await must(api.PATCH('/users/{user}', { params: { path: { user: user.id } }, body: { role } })).catch(refused);
    await client.invalidateQueries({ queryKey: ['users'] });
  };
  return (
    <section aria-labelledby="users-title">
      <div className="settings-head">
        <h2 id="users-title">Users</h2>
        <Button variant="default" size="xs" onClick={() => setOpen({ dialog: 'new' })}>
          New user
        </Button>
      </div>
      {isPending && <Loading lines={3} label="Loading users" />}
      {error && <ErrorBox error={error} />}
      {data && <Users users={data} self={self} open={setOpen} changeRole={changeRole} />}
      {open?.dialog === 'new' && <NewUserDialog close={close} />}
      {open?.dialog === 'password' && <SetPasswordDialog user={open.user} close={close} />}
      {open?.dialog === 'remove' && (
        <Confirm
          title={`Remove ${open.user.name}`}
          act="Remove user"
          close={close}
          does={async () => {
            await must(api.DELETE('/users/{user}', { params: { path: { user: open.user.id } } }));
            await client.invalidateQueries({ queryKey: ['users'] });
          }}
        >
          Their sessions and tokens end at once. What they did stays on record.
        </Confirm>
      )}
    </section>
  );
}

type UsersProps = {
  users: User[];
  self: string | undefined;
  open: (what: Open) => void;
  changeRole: (user: User, role: Role) => void;
};

function Users({ users, self, open, changeRole }: UsersProps) {
  return (
    <div className="settings-scroll">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>Added</Table.Th>
            <Table.Th>
              <span className="sr-only">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {users.map((user) => (
            <Table.Tr key={user.id}>
              <Table.Td>
                {user.name} {user.id === self && <span className="quiet">(you)</span>}
              </Table.Td>
              <Table.Td>
                <Select
                  size="xs"
                  w={280}
                  aria-label={`Role of ${user.name}`}
                  data={ROLES}
                  value={user.role}
                  allowDeselect={false}
                  onChange={(role) => role && changeRole(user, role as Role)}
                />
              </Table.Td>
              <Table.Td>
                <TimeAgo at={user.created_at} />
              </Table.Td>
              <Table.Td>
                <Group gap={6} wrap="nowrap" justify="flex-end">
                  <Button size="compact-xs" variant="default" onClick={() => open({ dialog: 'password', user })}>
                    Set password<span className="sr-only"> of {user.name}</span>
                  </Button>
                  <Button size="compact-xs" variant="default" onClick={() => open({ dialog: 'remove', user })}>
                    Remove<span className="sr-only"> {user.name}</span>
                  </Button>
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
