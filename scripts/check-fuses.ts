/**
 * Reads the fuses of a packaged application back and compares them with electron-builder.config.ts: what the
 * configuration asks for is worth nothing where the program says otherwise. Argument: the program, or the .app on macOS.
 */
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import configuration from '../electron-builder.config.ts';

const [program] = process.argv.slice(2);
if (program === undefined) {
  console.error('Name the packaged program, e.g. dist/installers/linux-unpacked/inferometer.');
  process.exit(2);
}

const wire = await getCurrentFuseWire(program);
const wrong: string[] = [];
for (const [name, wanted] of Object.entries(configuration.electronFuses ?? {})) {
  const option = FuseV1Options[toOptionName(name)];
  const is = wire[option];
  if (is !== (wanted ? FuseState.ENABLE : FuseState.DISABLE)) {
    wrong.push(`${name} should be ${wanted ? 'on' : 'off'} and is ${describe(is)}`);
  }
}
console.log(wrong.length === 0 ? 'Every fuse is as configured.' : wrong.join('\n'));
process.exitCode = wrong.length === 0 ? 0 : 1;

/** The same names, except that these begin with a capital letter. */
function toOptionName(name: string): keyof typeof FuseV1Options {
  const option = name.charAt(0).toUpperCase() + name.slice(1);
  if (!(option in FuseV1Options)) throw new Error(`Electron has no fuse "${name}".`);
  return option as keyof typeof FuseV1Options;
}

function describe(state: FuseState | undefined): string {
  switch (state) {
    case FuseState.ENABLE:
      return 'on';
    case FuseState.DISABLE:
      return 'off';
    case FuseState.INHERIT:
      return 'inherited';
    case FuseState.REMOVED:
    case undefined:
      return 'not there';
  }
}
