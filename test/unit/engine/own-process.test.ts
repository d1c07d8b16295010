import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { loadedGpuLibraries, peakResidentBytes } from '../../../src/engine/runtime/own-process.ts';

it('reads versions of GPU libraries off the names of loaded files, each once', () => {
  const maps = [
    '7f00-7f01 r--p 0 0:0 1 /usr/lib/x86_64-linux-gnu/libcudnn.so.9.5.1',
    '7f01-7f02 r-xp 0 0:0 1 /usr/lib/x86_64-linux-gnu/libcudnn.so.9.5.1',
    '7f02-7f03 r-xp 0 0:0 1 /opt/app/libonnxruntime_providers_cuda.so',
    '7f03-7f04 r-xp 0 0:0 1 /usr/lib/x86_64-linux-gnu/libc.so.6',
    '7f04-7f05 r-xp 0 0:0 1 /usr/lib/chromium/libvk_swiftshader.so',
    '7f05-7f06 r-xp 0 0:0 1 /usr/lib/x86_64-linux-gnu/libvulkan.so.1.3.239',
  ].join('\n');
  expect(loadedGpuLibraries(maps)).toEqual([
    'libcudnn.so.9.5.1',
    'libonnxruntime_providers_cuda.so',
    'libvk_swiftshader.so',
    'libvulkan.so.1.3.239',
  ]);
});

it('reports its own peak, not the size of the process that started it', () => {
  const ballast = new Uint8Array(600 * 2 ** 20).fill(1);
  const module = new URL('../../../src/engine/runtime/own-process.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then((m) => console.log(m.peakResidentBytes()))`;
  const child = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(Number(child.stdout)).toBeGreaterThan(10 * 2 ** 20);
  expect(Number(child.stdout)).toBeLessThan(300 * 2 ** 20);
  expect(peakResidentBytes()).toBeGreaterThan(ballast.length);
});
