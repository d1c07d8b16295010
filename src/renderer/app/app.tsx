import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { nonce } from './nonce.ts';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';
import { theme, toCssVariables } from './theme.ts';

export function App() {
  return (
    <MantineProvider
      cssVariablesResolver={toCssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      theme={theme}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
