import type { ProviderId } from '../../shared/domain/provider.ts';
import { coreml } from './coreml.ts';
import { cpu } from './cpu.ts';
import { cuda } from './cuda.ts';
import { dml } from './dml.ts';
import type { ExecutionProvider } from './provider.ts';
import { tensorrt } from './tensorrt.ts';
import { webgpu } from './webgpu.ts';

/** Every execution provider, one file each. */
export const providers: Readonly<Record<ProviderId, ExecutionProvider>> = { cpu, cuda, tensorrt, dml, webgpu, coreml };
