import { spawn } from 'node:child_process';

/** The program that opens an address in the default browser. Never a shell: an address may hold what one would run. */
function chooseOpener(platform: NodeJS.Platform): readonly [program: string, ...words: string[]] {
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return platform === 'darwin' ? ['open'] : ['xdg-open'];
}

/**
 * Opens an address in the default browser and does not wait for it. `onFailure` is told why that did not work; an
 * opener that goes on as the browser itself says nothing.
 */
export function openBrowser(address: string, onFailure: (reason: string) => void): void {
  const { platform, env } = process;
  const hasDisplay = platform === 'win32' || platform === 'darwin' || isSet(env.DISPLAY) || isSet(env.WAYLAND_DISPLAY);
  if (!hasDisplay) {
    onFailure('there is no display here');
    return;
  }
  const [program, ...words] = chooseOpener(platform);
  const child = spawn(program, [...words, address], { stdio: 'ignore', detached: true });
  child.on('error', ({ message }) => onFailure(`${program} cannot be started (${message})`));
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) onFailure(`${program} ended with ${code}`);
  });
  child.unref();
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
