import { defineProvider } from './provider.ts';

/** Bits of `coreMlFlags` (coreml_provider_factory.h of ONNX Runtime). */
const onlyCpu = 0x001;
const onlyStaticShapes = 0x008;
const mlProgram = 0x010;
const cpuAndGpu = 0x020;

/** What a device number stands for; Core ML itself has units of computation and no numbers. */
const units = [
  { flag: 0, words: 'CPU, GPU or Neural Engine', software: null },
  { flag: cpuAndGpu, words: 'CPU or GPU', software: null },
  { flag: onlyCpu, words: 'CPU only', software: true },
] as const;

function unitsOf(deviceId: number): (typeof units)[number] {
  const found = units[deviceId];
  if (found === undefined) throw new Error(`Core ML has no device ${deviceId}: choose from 0 to ${units.length - 1}`);
  return found;
}

export const coreml = defineProvider({
  id: 'coreml',
  platforms: 'macOS arm64',
  supports: (platform, arch) => platform === 'darwin' && arch === 'arm64',
  // MLProgram with static shapes only has the widest list of operators.
  sessionEntry: (deviceId) => ({
    name: 'coreml',
    coreMlFlags: mlProgram | onlyStaticShapes | unitsOf(deviceId).flag,
  }),
  gainsFrom: ['fp32', 'fp16'],
  // Core ML itself spreads the work over its units and does not tell which it took.
  describeDevice(deviceId) {
    const { words, software } = unitsOf(deviceId);
    return { device: `Core ML (${words})`, software };
  },
  resolveOptions: (deviceId) => ({
    computeUnits: unitsOf(deviceId).words,
    modelFormat: 'MLProgram',
    shapes: 'static only',
    copies: 'host to host',
  }),
  explain: (thrown) =>
    thrown.includes('Core ML has no device')
      ? { cause: 'bad-device', reason: 'Core ML has only the devices 0, 1 and 2', remedy: 'Choose one of them' }
      : null,
});
