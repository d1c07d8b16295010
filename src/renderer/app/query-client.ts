import { QueryClient } from '@tanstack/react-query';

/**
 * Answers stay good until something says otherwise: the end of a measurement, a change made here, a new connection.
 * Nothing is asked again because a window gained focus: the host may be measuring, and every call costs it a moment.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: false,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
