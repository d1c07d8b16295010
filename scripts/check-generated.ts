/** Fails when the generated code in the tree is not, byte for byte, what the schema and the pinned generator give. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/core/resources.ts';
import { runTool } from './tool.ts';

/** `out` of buf.gen.yaml; below the temporary folder the same path is written. */
const generated = join('src', 'core', 'onnx', 'gen');

const folder = await mkdtemp(join(tmpdir(), 'inferometer-generated-'));
try {
  const { exitCode, output } = await runTool('buf', 'generate', '--output', folder);
  if (exitCode !== 0) throw new Error(`buf generate ended with ${exitCode}:\n${output}`);
  const committed = await filesIn(join(packageRoot, generated));
  const fresh = await filesIn(join(folder, generated));
  if (fresh.size === 0) throw new Error('buf generate wrote no file');
  const names = [...new Set([...committed.keys(), ...fresh.keys()])].sort();
  const stale = names.filter((name) => committed.get(name) !== fresh.get(name));
  if (stale.length > 0) {
    console.error(
      `Not what the schema gives: ${stale.join(', ')} in ${generated}. Run "npm run generate" and commit it.`,
    );
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function filesIn(path: string): Promise<Map<string, string>> {
  const names = await readdir(path);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'latin1')] as const)),
  );
}
