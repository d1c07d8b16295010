import { join } from 'node:path';
import { createApiContext, type ApiContext } from '../../../src/core/api/context.ts';
import { createCore, type Core } from '../../../src/core/create-core.ts';
import { createNodeSpawner } from '../../../src/core/engine-client/node-spawner.ts';
import { engineEntryPath, screensFolder } from '../../../src/core/resources.ts';
import { startServer } from '../../../src/server/start-server.ts';
import type { RunSession } from '../../../src/shared/domain/run-session.ts';
import { detectFixedMachine } from './fixed-machine.ts';
import { createFixedSessions } from './fixed-session.ts';
import { createScriptedSpawner } from './scripted-engine.ts';

export interface HostOptions {
  dataDirectory: string;
  /** "fixed": machine, providers and the cost of the harness are the same wherever the tests run. */
  machine: 'fixed' | 'real';
  /** A measurement that this host shows instead of measuring. */
  session: RunSession | null;
}

/** The web host in this process. */
export interface RunningHost {
  /** With the token. */
  url: string;
  origin: string;
  core: Core;
  context: ApiContext;
  /** What the host logged, one line each. */
  log: readonly string[];
  /** Like Ctrl-C; closing twice is no error. */
  close(): Promise<void>;
}

export async function startHost({ dataDirectory, machine, session }: HostOptions): Promise<RunningHost> {
  const core = openCore(dataDirectory, machine);
  // Its own lock: the tests of two workers do not wait for each other, nor for a measurement on this machine.
  const real = createApiContext(core, { lockPath: join(dataDirectory, 'measuring.lock') });
  const context: ApiContext = {
    ...real,
    sessions: session === null ? real.sessions : createFixedSessions(session),
  };
  const log: string[] = [];
  const server = await startServer({ context, port: 0, staticFolder: screensFolder(), log: (line) => log.push(line) });
  let closed: Promise<void> | null = null;
  const end = async (): Promise<void> => {
    await server.close();
    core[Symbol.dispose]();
  };
  return {
    url: server.url,
    origin: new URL(server.url).origin,
    core,
    context,
    log,
    close: () => (closed ??= end()),
  };
}

function openCore(dataDirectory: string, machine: HostOptions['machine']): Core {
  if (machine === 'real') return createCore({ dataDirectory, environment: {} });
  const spawn = createScriptedSpawner(createNodeSpawner(engineEntryPath()));
  return {
    ...createCore({ dataDirectory, environment: {}, spawn }),
    app: { version: '0.1.0', commit: null },
    commandLine: { invocation: 'inferometer', options: '' },
    detectMachine: detectFixedMachine,
  };
}
