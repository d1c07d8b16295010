import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { z } from 'zod';
import { packageRoot } from '../../../src/core/resources.ts';
import type { contract } from '../../../src/shared/contract/index.ts';
import { commandLine } from '../command-line.ts';

/** `inferometer serve` as a process of its own, and a caller that is signed in. */
export interface WebHost extends AsyncDisposable {
  pid: number;
  /** With the token of the launch. */
  url: string;
  origin: string;
  api: ContractRouterClient<typeof contract>;
}

const answerSchema = z.object({ data: z.object({ url: z.string() }) });

/** Serves the screens on that data directory. Throws what the command said when it did not start. */
export async function startWebHost(dataDirectory: string): Promise<WebHost> {
  const args = [...(await commandLine()), '--data-dir', dataDirectory, 'serve', '--json'];
  const child = spawn(process.execPath, args, { cwd: packageRoot, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const exited = once(child, 'exit');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited])) as unknown[];
  if (typeof line !== 'string') throw new Error(`The web host did not start: ${errors.trim()}`);
  const { url } = answerSchema.parse(JSON.parse(line)).data;
  const { origin } = new URL(url);
  const headers = { origin, cookie: await signIn(url) };
  return {
    pid: child.pid ?? 0,
    url,
    origin,
    api: createORPCClient(new RPCLink({ url: `${origin}/api`, headers })),
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT');
      await exited;
      process.off('exit', end);
    },
  };
}

async function signIn(url: string): Promise<string> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}
