import { defineProvider } from './provider.ts';

export const dml = defineProvider({
  id: 'dml',
  platforms: 'Windows x64 and arm64 (maintained by Microsoft, no longer developed)',
  supports: (platform) => platform === 'win32',
  sessionEntry: (deviceId) => ({ name: 'dml', deviceId }),
  gainsFrom: ['fp32', 'fp16'],
  // DirectML does not say which adapter answered; WARP, Windows' software adapter, cannot be told apart from here.
  describeDevice: (deviceId) => ({ device: `DXGI adapter ${deviceId}`, software: null }),
  resolveOptions: (deviceId) => ({ deviceId: String(deviceId), copies: 'host to host' }),
  explain: (thrown) =>
    /887A0004|DXGI_ERROR_UNSUPPORTED|No such adapter|887A0002/i.test(thrown)
      ? {
          cause: 'no-adapter',
          reason: 'no adapter with this number supports DirectX 12',
          remedy: 'Update the graphics driver or choose another adapter number',
        }
      : null,
});
