import { cudaDefaults } from './cuda-defaults.ts';
import { defineProvider } from './provider.ts';
import { explainCudaFailure, explainMissingLibrary } from './shared-library-failures.ts';

export const tensorrt = defineProvider({
  id: 'tensorrt',
  platforms: 'Linux x64, after `inferometer gpu install`',
  supports: (platform, arch) => platform === 'linux' && arch === 'x64',
  sessionEntry: (deviceId) => ({ name: 'tensorrt', deviceId }),
  gainsFrom: ['fp32', 'fp16', 'int8'],
  describeDevice: (deviceId) => ({ device: `CUDA device ${deviceId}`, software: false }),
  resolveOptions: (deviceId, environment) => ({
    deviceId: String(deviceId),
    ...cudaDefaults(environment),
    precision: 'as in the model; no FP16 or INT8 mode',
    engineCache: 'off',
  }),
  explain: (thrown, stderr) => explainMissingLibrary(stderr) ?? explainCudaFailure(`${thrown}\n${stderr}`),
});
