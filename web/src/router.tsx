// The addresses of the page and what each shows; all but the flow list load when they are opened.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { setCsrf } from './api/client';
import { sessionQuery } from './api/queries';
import { ErrorBox } from './components/States';
import { FlowsPage } from './flows/FlowsPage';
import { numberIn, textIn, textsIn } from './search';
import { NotFound } from './shell/NotFound';
import { Shell } from './shell/Shell';

/** A page that loads when it is opened, after the looks of the components that the first page does without. */
const later =
  <T,>(page: () => Promise<T>) =>
  async (): Promise<T> => {
    const [, loaded] = await Promise.all([import('./mantine_rest'), page()]);
    return loaded;
  };

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => (
    <main className="lone">
      <ErrorBox error={error} retry={reset} />
    </main>
  ),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: textsIn('to', 'setup'),
  component: lazyRouteComponent(
    later(() => import('./session/SignInPage')),
    'SignInPage',
  ),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery());
    setCsrf(session.csrf ?? null);
    if (!session.user) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } });
  },
  component: Shell,
});

const within = { getParentRoute: () => shell } as const;
const home = createRoute({
  ...within,
  path: '/',
  validateSearch: textsIn('workspace', 'period'),
  component: lazyRouteComponent(
    later(() => import('./home/HomePage')),
    'HomePage',
  ),
});
const flows = createRoute({
  ...within,
  path: '/flows',
  validateSearch: textsIn('workspace', 'text', 'slot', 'sort'),
  component: FlowsPage,
});
const RUN_FILTERS = ['flow', 'workspace', 'slot', 'version', 'status', 'from', 'to', 'text'] as const;
const runs = createRoute({
  ...within,
  path: '/runs',
  validateSearch: textsIn(...RUN_FILTERS),
  component: lazyRouteComponent(
    later(() => import('./runs/RunsPage')),
    'RunsPage',
  ),
});
const run = createRoute({
  ...within,
  path: '/runs/$run',
  validateSearch: textsIn('step'),
  component: lazyRouteComponent(
    later(() => import('./runs/RunPage')),
    'RunPage',
  ),
});
const workspaces = createRoute({
  ...within,
  path: '/workspaces',
  validateSearch: textsIn('text', 'kind'),
  component: lazyRouteComponent(
    later(() => import('./workspaces/WorkspacesPage')),
    'WorkspacesPage',
  ),
});
const workspace = createRoute({
  ...within,
  path: '/workspaces/$workspace',
  component: lazyRouteComponent(
    later(() => import('./workspaces/WorkspacePage')),
    'WorkspacePage',
  ),
});
const connections = createRoute({
  ...within,
  path: '/connections',
  validateSearch: textsIn('workspace', 'text'),
  component: lazyRouteComponent(
    later(() => import('./connections/ConnectionsPage')),
    'ConnectionsPage',
  ),
});
const connectors = createRoute({
  ...within,
  path: '/connectors',
  component: lazyRouteComponent(
    later(() => import('./connections/ConnectorsPage')),
    'ConnectorsPage',
  ),
});
const activity = createRoute({
  ...within,
  path: '/activity',
  validateSearch: textsIn('flow', 'workspace', 'action', 'actor', 'from', 'to'),
  component: lazyRouteComponent(
    later(() => import('./activity/ActivityPage')),
    'ActivityPage',
  ),
});
const settings = createRoute({
  ...within,
  path: '/settings',
  component: lazyRouteComponent(
    later(() => import('./settings/SettingsPage')),
    'SettingsPage',
  ),
});

const flow = createRoute({
  ...within,
  path: '/flows/$flow',
  validateSearch: textsIn('workspace'),
  component: lazyRouteComponent(
    later(() => import('./flow/FlowLayout')),
    'FlowLayout',
  ),
});
const ofFlow = { getParentRoute: () => flow } as const;
const editor = createRoute({
  ...ofFlow,
  path: '/',
  validateSearch: (given: Record<string, unknown>): { v?: number; step?: string; run?: string } => ({
    v: numberIn(given, 'v'),
    step: textIn(given, 'step'),
    run: textIn(given, 'run'), // an earlier run, whose input is tried
  }),
  component: lazyRouteComponent(
    later(() => import('./editor/EditorPage')),
    'EditorPage',
  ),
});
const flowRuns = createRoute({
  ...ofFlow,
  path: '/runs',
  validateSearch: textsIn('slot', 'version', 'status', 'from', 'to', 'text', 'in'),
  component: lazyRouteComponent(
    later(() => import('./runs/FlowRunsPage')),
    'FlowRunsPage',
  ),
});
const registrations = createRoute({
  ...ofFlow,
  path: '/registrations',
  validateSearch: textsIn('text', 'slot', 'active', 'complete', 'sort', 'open'),
  component: lazyRouteComponent(
    later(() => import('./registrations/RegistrationsPage')),
    'RegistrationsPage',
  ),
});
const promotions = createRoute({
  ...ofFlow,
  path: '/promotions',
  component: lazyRouteComponent(
    later(() => import('./promotions/PromotionsPage')),
    'PromotionsPage',
  ),
});
const compare = createRoute({
  ...ofFlow,
  path: '/compare',
  validateSearch: (given: Record<string, unknown>): { from?: number; to?: number; step?: string } => ({
    from: numberIn(given, 'from'),
    to: numberIn(given, 'to'),
    step: textIn(given, 'step'),
  }),
  component: lazyRouteComponent(
    later(() => import('./compare/ComparePage')),
    'ComparePage',
  ),
});
const flowSettings = createRoute({
  ...ofFlow,
  path: '/settings',
  component: lazyRouteComponent(
    later(() => import('./flow/FlowSettingsPage')),
    'FlowSettingsPage',
  ),
});

const flowTree = flow.addChildren([editor, flowRuns, registrations, promotions, compare, flowSettings]);
const places = [workspaces, workspace, connections, connectors] as const;
const shellTree = shell.addChildren([home, flows, runs, run, ...places, activity, settings, flowTree]);
const routeTree = root.addChildren([signIn, shellTree]);

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: 'intent',
    defaultPendingMs: 300,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
