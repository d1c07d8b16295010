import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findChromium, type Surroundings } from '../../../scripts/browser/find-chromium.ts';

const own = '/cache/ms-playwright/chrome';
const inFolder = (folder: string, name: string): string => join(folder, name);

/** A system with these files, of which the unusable ones do not start. */
function system(files: readonly string[], changes: Partial<Surroundings> & { unusable?: string[] } = {}): Surroundings {
  const { unusable = [], ...rest } = changes;
  return {
    platform: 'linux',
    environment: { PATH: '/first' },
    playwrightPath: own,
    isFile: (path) => files.includes(path),
    isUsable: (path) => Promise.resolve(!unusable.includes(path)),
    ...rest,
  };
}

describe('the search for a Chromium', () => {
  it('takes the one that the environment names before any other', async () => {
    const files = ['/my/chrome', inFolder('/first', 'chromium')];
    const environment = { PATH: '/first', INFEROMETER_CHROMIUM: '/my/chrome' };
    expect(await findChromium(system(files, { environment }))).toBe('/my/chrome');
  });

  it.each([
    ['is missing', []],
    ['does not start', ['/my/chrome']],
  ])('refuses the one that the environment names when it %s, instead of taking another', async (_, files) => {
    const environment = { PATH: '/first', INFEROMETER_CHROMIUM: '/my/chrome' };
    const surroundings = system([...files, own], { environment, unusable: ['/my/chrome'] });
    await expect(findChromium(surroundings)).rejects.toThrow('INFEROMETER_CHROMIUM names /my/chrome');
  });

  it('passes over a stub that does not start', async () => {
    const stub = inFolder('/first', 'chromium-browser');
    const chrome = inFolder('/first', 'google-chrome');
    expect(await findChromium(system([stub, chrome, own], { unusable: [stub] }))).toBe(chrome);
  });

  it("comes to Playwright's own last, and finds nothing where there is nothing", async () => {
    expect(await findChromium(system([own]))).toBe(own);
    expect(await findChromium(system([]))).toBeNull();
  });

  it.each([
    [
      'darwin',
      { HOME: '/Users/a' },
      join('/Users/a/Applications', 'Google Chrome.app', 'Contents', 'MacOS', 'Google Chrome'),
    ],
    ['win32', { LOCALAPPDATA: '/local' }, join('/local', 'Google', 'Chrome', 'Application', 'chrome.exe')],
    ['linux', {}, '/opt/google/chrome/chrome'],
  ] as const)('knows the usual places of %s', async (platform, environment, path) => {
    expect(await findChromium(system([path], { platform, environment }))).toBe(path);
  });
});
