// Starts the page: components, server state, addresses.
import './mantine_first';
import './style.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from './api/problem';
import { Notices } from './components/notices';
import { createAppRouter } from './router';
import { theme } from './theme';

/** A refusal is final; only what was not answered is asked again. */
const retry = (failures: number, error: Error) =>
  failures < 2 && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 500);

const client = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry, retryDelay: (count) => 500 * 2 ** count } },
});

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <RouterProvider router={createAppRouter(client)} />
        <Notices />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
