import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import '@mantine/core/styles.css';
import '@mantine/spotlight/styles.css';
import './theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepConnected } from '../transport/connection.ts';
import { followSession } from '../transport/run-session.ts';
import { App } from './app.tsx';
import { queryClient } from './query-client.ts';

void keepConnected((connection) => {
  // The host may have changed anything while nobody was connected.
  void queryClient.invalidateQueries();
  void followSession(connection, () => void queryClient.invalidateQueries());
});

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
