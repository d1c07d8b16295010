import { defineProvider } from './provider.ts';

/** MLProgram format (0x010) with static shapes only (0x008): the combination with the widest operator list. */
const coreMlFlags = 0x010 | 0x008;

export const coreml = defineProvider({
  id: 'coreml',
  name: 'Core ML',
  platforms: 'macOS arm64',
  supports: (platform, arch) => platform === 'darwin' && arch === 'arm64',
  sessionEntry: () => ({ name: 'coreml', coreMlFlags }),
  gainsFrom: ['fp32', 'fp16'],
  // Core ML itself spreads the work over CPU, GPU and Neural Engine and does not tell which.
  describeDevice: () => ({ device: 'Core ML (CPU, GPU or Neural Engine)', software: null }),
  explain: () => null,
});
