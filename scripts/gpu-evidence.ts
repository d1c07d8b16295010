/**
 * Measures on every execution provider that works on this machine and writes docs/gpu-evidence.md: driver, versions,
 * figures, placement and a roofline check. `--libraries <folder>` names the provider libraries for CUDA of the same
 * version, such as onnxruntime/capi of an installed Python package. Without a GPU, WebGPU runs on a Vulkan device in
 * software, and the page says so.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCore } from '../src/core/create-core.ts';
import type { SpawnEngine } from '../src/core/engine-client/engine-process.ts';
import { createNodeSpawner } from '../src/core/engine-client/node-spawner.ts';
import { probeProviders } from '../src/core/engine-client/probe-provider.ts';
import { acquireLock } from '../src/core/measure/lock.ts';
import { engineEntryPath, packageRoot } from '../src/core/resources.ts';
import type { ProviderId, ProviderReport } from '../src/shared/domain/provider.ts';
import { ensureSoftwareAdapter } from './browser/software-adapter.ts';
import { prepareCuda } from './gpu-evidence/cuda-libraries.ts';
import { deviceSubjects, measureSubjects, softwareSubjects, type Figure } from './gpu-evidence/measure.ts';
import { toPage } from './gpu-evidence/write-page.ts';
import { describeCommit, describeMachine } from './perf/machine.ts';
import { runNode, runTool } from './tool.ts';

const [flag, folder] = process.argv.slice(2);
if (flag !== undefined && (flag !== '--libraries' || folder === undefined)) {
  console.error('Usage: npm run gpu-evidence [-- --libraries <folder>]');
  process.exit(2);
}

const pagePath = join(packageRoot, 'docs', 'gpu-evidence.md');
const dataDirectory = await mkdtemp(join(tmpdir(), 'gpu-evidence-'));
try {
  await main();
} finally {
  await rm(dataDirectory, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const cuda = await prepareCuda(folder ?? null);
  const system = withEnvironment(cuda.environment);
  using lock = await acquireLock({ wait: true });
  using core = createCore({ dataDirectory, spawn: system });
  const machine = await core.detectMachine();
  const found = await probeProviders(system, machine);
  const hasOwnAdapter = isHardware(found, 'webgpu');
  const adapter = hasOwnAdapter ? {} : await ensureSoftwareAdapter((line) => console.log(line));
  const webgpu = withEnvironment({ ...cuda.environment, ...adapter });
  const providers = hasOwnAdapter ? found : await probeProviders(webgpu, machine);

  const figures: Figure[] = [];
  const available = providers.filter(({ status }) => status.status === 'available').map(({ id }) => id);
  const isSoftware = !available.some((id) => id !== 'cpu' && isHardware(providers, id));
  const measure = async (provider: ProviderId, environment: Record<string, string>, remark: string | null) => {
    const subjects = provider === 'cpu' || !isHardware(providers, provider) ? softwareSubjects : deviceSubjects;
    const spawn = withEnvironment({ ...cuda.environment, ...adapter, ...environment });
    const more = { lock, onProgress: (line: string) => console.log(line) };
    figures.push(...(await measureSubjects({ core, spawn, provider, subjects, remark, ...more })));
  };
  for (const id of available) {
    await measure(id, {}, null);
    if (id === 'cuda') await measure(id, { NVIDIA_TF32_OVERRIDE: '0' }, 'TF32 off');
  }
  const tests = await runGpuTests(!hasOwnAdapter);
  const { machine: machineLine } = await describeMachine();
  const page = toPage({
    measuredOn: new Date().toISOString().slice(0, 10),
    commit: describeCommit(),
    machineLine,
    machine,
    providers,
    isSoftware,
    librariesLine: cuda.origin,
    figures,
    tests,
  });
  await writeFile(pagePath, page);
  await runTool('prettier', '--log-level', 'warn', '--write', pagePath);
  console.log(`Written to ${pagePath}.`);
  process.exitCode = tests.failed > 0 ? 1 : 0;
}

function withEnvironment(environment: Record<string, string>): SpawnEngine {
  const spawn = createNodeSpawner(engineEntryPath());
  return (options = {}) => spawn({ ...options, environment: { ...environment, ...options.environment } });
}

function isHardware(reports: readonly ProviderReport[], id: ProviderId): boolean {
  const status = reports.find((report) => report.id === id)?.status;
  return status?.status === 'available' && status.software !== true;
}

async function runGpuTests(onSoftware: boolean): Promise<{ passed: number; failed: number }> {
  const report = join(dataDirectory, 'tests.json');
  if (!onSoftware) process.env.INFEROMETER_GPU_TESTS = 'system';
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const args = [
    vitest,
    'run',
    '--project',
    'gpu',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  await runNode(args, { onOutput: (text) => process.stdout.write(text) });
  const counts = JSON.parse(await readFile(report, 'utf8')) as { numPassedTests: number; numFailedTests: number };
  return { passed: counts.numPassedTests, failed: counts.numFailedTests };
}
