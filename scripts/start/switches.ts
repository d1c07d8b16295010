/** Switches with a value, as Chromium reads them: in one word. The command line takes them in two as well. */
const withValue = ['--data-dir'];

/** Arguments for Electron's program from arguments for the command line. */
export function toSwitches(args: readonly string[]): string[] {
  const switches: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index]!;
    const value = withValue.includes(argument) ? args[index + 1] : undefined;
    if (value !== undefined) index += 1;
    switches.push(value === undefined ? argument : `${argument}=${value}`);
  }
  return switches;
}
