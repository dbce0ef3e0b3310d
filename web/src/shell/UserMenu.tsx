// Who is signed in; theme, help, sign-out.
import { Menu, useMantineColorScheme } from '@mantine/core';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, must, setCsrf } from '../api/client';
import { sessionQuery } from '../api/queries';
import { Icon } from '../components/icons';
import { refused } from '../components/notices';
import { openHelp } from './HelpDialog';

export function UserMenu() {
  const { data: session } = useSuspenseQuery(sessionQuery());
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = async () => {
    try {
      await must(api.DELETE('/session'));
    } catch (error) {
      return refused(error);
    }
    setCsrf(null);
    client.clear();
    await navigate({ to: '/sign-in' });
  };
  const scheme = { auto: 'light', light: 'dark', dark: 'auto' }[colorScheme] as typeof colorScheme;
  return (
    <Menu position="right-end" withinPortal={false} withInitialFocusPlaceholder={false} width={240}>
      <Menu.Target>
        <button type="button" className="rail-link rail-user">
          <Icon name="user" size={20} />
          <span>{session.user?.name ?? 'Nobody'}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user?.name} · {session.user?.role}
        </Menu.Label>
        <Menu.Item
          leftSection={<Icon name="sun" size={16} />}
          closeMenuOnClick={false}
          onClick={() => setColorScheme(scheme)}
        >
          Theme: {colorScheme === 'auto' ? 'as the system' : colorScheme}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="keyboard" size={16} />} onClick={openHelp}>
          Keys and help
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="link" size={16} />}
          component="a"
          href="/api/docs"
          target="_blank"
          rel="noreferrer"
        >
          API reference
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" size={16} />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
