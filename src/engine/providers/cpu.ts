import { cpus } from 'node:os';
import { defineProvider } from './provider.ts';

export const cpu = defineProvider({
  id: 'cpu',
  platforms: 'everywhere',
  supports: () => true,
  sessionEntry: () => ({ name: 'cpu' }),
  // FP16 graphs run as FP32 here: half the file, no gain in speed.
  gainsFrom: ['fp32', 'int8', 'int4'],
  describeDevice: () => ({ device: cpus()[0]?.model.trim() ?? 'CPU of unknown name', software: false }),
  resolveOptions: () => ({}),
  explain: () => null,
});
