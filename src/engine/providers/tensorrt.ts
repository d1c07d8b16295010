import { defineProvider } from './provider.ts';
import { explainCudaFailure, explainMissingLibrary } from './shared-library-failures.ts';

export const tensorrt = defineProvider({
  id: 'tensorrt',
  name: 'TensorRT',
  platforms: 'Linux x64, after `inferometer gpu install`',
  supports: (platform, arch) => platform === 'linux' && arch === 'x64',
  sessionEntry: (deviceId) => ({ name: 'tensorrt', deviceId }),
  gainsFrom: ['fp32', 'fp16', 'int8'],
  describeDevice: (deviceId) => ({ device: `CUDA device ${deviceId}`, software: false }),
  explain: (thrown, stderr) => explainMissingLibrary(stderr) ?? explainCudaFailure(`${thrown}\n${stderr}`),
});
