import { cudaDefaults } from './cuda-defaults.ts';
import { defineProvider } from './provider.ts';
import { explainCudaFailure, explainMissingLibrary } from './shared-library-failures.ts';

export const cuda = defineProvider({
  id: 'cuda',
  platforms: 'Linux x64, after `inferometer gpu install`',
  supports: (platform, arch) => platform === 'linux' && arch === 'x64',
  sessionEntry: (deviceId) => ({ name: 'cuda', deviceId }),
  gainsFrom: ['fp32', 'fp16', 'int4'],
  describeDevice: (deviceId) => ({ device: `CUDA device ${deviceId}`, software: false }),
  resolveOptions: (deviceId, environment) => ({
    deviceId: String(deviceId),
    ...cudaDefaults(environment),
    cudnnAlgorithmSearch: 'exhaustive',
    memoryLimit: 'none',
  }),
  explain: (thrown, stderr) => explainMissingLibrary(stderr) ?? explainCudaFailure(`${thrown}\n${stderr}`),
});
