import { existsSync } from 'node:fs';
import path from 'node:path';
import { runTool } from '../../scripts/tool.ts';
import { screensFolder } from '../../src/core/resources.ts';

/** Builds the screens unless a build is there, whatever its age: the command line serves no other folder. */
export async function buildScreens(): Promise<void> {
  if (existsSync(path.join(screensFolder(), 'index.html'))) return;
  const { exitCode, output } = await runTool('vite', 'build', '--config', 'vite.renderer.config.ts');
  if (exitCode !== 0) throw new Error(output);
}
