import { z } from 'zod';
import { observed } from './provenance.ts';

const text = z.string().min(1);
const count = z.number().int().positive();
const bytes = z.number().int().nonnegative();
const megahertz = z.number().positive();
const share = z.number().min(0).max(1);

/** Instruction-set extensions that decide which kernels ONNX Runtime picks, named as Linux names them. */
export const isaFlagSchema = z.enum([
  'sse4_2',
  'avx',
  'avx2',
  'fma',
  'f16c',
  'avx512f',
  'avx512_vnni',
  'avx_vnni',
  'avx512_bf16',
  'avx512_fp16',
  'amx_tile',
  'amx_int8',
  'amx_bf16',
  'neon',
  'asimddp',
  'i8mm',
  'bf16',
  'sve',
]);
export type IsaFlag = z.infer<typeof isaFlagSchema>;

const cacheSchema = z.object({
  level: z.number().int().min(1),
  kind: z.enum(['data', 'instruction', 'unified']),
  /** Bytes of one instance. */
  sizeBytes: count,
  /** Logical cpus that share one instance. */
  sharedByCpus: count,
  /** Number of such caches in the machine. */
  instances: count,
});
export type Cache = z.infer<typeof cacheSchema>;

const numaNodeSchema = z.object({
  node: z.number().int().nonnegative(),
  /** Numbers of its logical cpus; a node may hold memory alone. */
  cpus: z.array(z.number().int().nonnegative()),
  memoryBytes: observed(bytes),
});
export type NumaNode = z.infer<typeof numaNodeSchema>;

/** What limits the processor time of this process; the smallest number of cpus wins. */
const cpuLimitSchema = z.object({
  source: z.enum(['online', 'affinity', 'cpuset', 'cgroup-quota', 'system']),
  /** A quota may be a fraction: 1.5 means 150 ms of processor time every 100 ms. */
  cpus: z.number().positive(),
});
export type CpuLimit = z.infer<typeof cpuLimitSchema>;

const cpuSchema = z.object({
  model: observed(text),
  vendor: observed(text),
  sockets: observed(count),
  physicalCores: observed(count),
  logicalCores: observed(count),
  /** What this process may really use, with every limit that was found. */
  usable: observed(z.object({ cpus: z.number().positive(), limits: z.array(cpuLimitSchema).min(1) })),
  caches: observed(z.array(cacheSchema).min(1)),
  numaNodes: observed(z.array(numaNodeSchema).min(1)),
  isa: z.record(isaFlagSchema, observed(z.boolean())),
  microcode: observed(text),
  baseClockMHz: observed(megahertz),
  maxClockMHz: observed(megahertz),
  /** Scaling governor(s); several are joined by ", ". */
  governor: observed(text),
  /** Whether the processor may leave its base clock (turbo, boost). */
  boost: observed(z.boolean()),
  /** Whether two or more threads share a core. */
  smt: observed(z.boolean()),
});
export type Cpu = z.infer<typeof cpuSchema>;

const virtualizationSchema = z.object({
  /** `name` is null where the system says that it is virtual but not by what. */
  virtualMachine: observed(z.object({ detected: z.boolean(), name: text.nullable(), evidence: z.array(text) })),
  container: observed(z.object({ detected: z.boolean(), name: text.nullable(), evidence: z.array(text) })),
});
export type Virtualization = z.infer<typeof virtualizationSchema>;

/** Shares of all processor time of the machine in a window just before the report was made. */
const loadSchema = z.object({
  windowMs: z.number().positive(),
  otherShare: observed(share),
  stealShare: observed(share),
});

const memorySchema = z.object({
  totalBytes: observed(count),
  availableBytes: observed(bytes),
  /** Limit of the control group of this process. */
  limitBytes: observed(count),
  /** What this process may still take: the smaller of what is available and what its limit leaves. */
  usableBytes: observed(bytes),
  swapTotalBytes: observed(bytes),
  swapFreeBytes: observed(bytes),
});
export type Memory = z.infer<typeof memorySchema>;

const clockPair = z.object({ currentMHz: observed(z.number().nonnegative()), maxMHz: observed(megahertz) });
const linkPair = z.object({ current: observed(count), max: observed(count) });

export const gpuSchema = z.object({
  /**
   * Number within its source. NVML counts along the bus, and so does CUDA in engines, which get CUDA_DEVICE_ORDER
   * PCI_BUS_ID unless the environment says otherwise.
   */
  index: z.number().int().nonnegative(),
  vendor: text,
  name: text,
  source: z.enum(['nvml', 'nvidia-smi', 'system']),
  uuid: observed(text),
  memoryBytes: observed(count),
  memoryUsedBytes: observed(bytes),
  driverVersion: observed(text),
  /** Newest CUDA version that the driver supports, e.g. "12.8"; not an installed toolkit. */
  cudaDriverVersion: observed(text),
  vbios: observed(text),
  smClock: clockPair,
  memoryClock: clockPair,
  temperatureC: observed(z.number()),
  powerLimitW: observed(z.number().positive()),
  powerLimitMaxW: observed(z.number().positive()),
  migEnabled: observed(z.boolean()),
  eccEnabled: observed(z.boolean()),
  pcieGeneration: linkPair,
  pcieWidth: linkPair,
  /** Rows of the accelerator catalogue that this GPU can be; more than one where name and memory do not decide. */
  catalogueIds: observed(z.array(text).min(1)),
});
export type Gpu = z.infer<typeof gpuSchema>;

/** Everything that can drive a display or sits on the bus as a display or processing accelerator. */
const displayAdapterSchema = z.object({
  name: text,
  vendor: observed(text),
  /** Only "graphics" can compute; "management" is a server's remote console, "virtual" a hypervisor's screen. */
  kind: z.enum(['graphics', 'management', 'virtual']),
  busAddress: observed(text),
});
export type DisplayAdapter = z.infer<typeof displayAdapterSchema>;

const operatingSystemSchema = z.object({
  platform: text,
  arch: text,
  distribution: observed(text),
  kernel: observed(text),
});
export type OperatingSystem = z.infer<typeof operatingSystemSchema>;

/** What this machine is, as far as this process can see. Holds no host name, user name, address or serial number. */
export const machineReportSchema = z.object({
  schemaVersion: z.literal(1),
  /** ISO 8601 time of detection. */
  detectedAt: z.iso.datetime(),
  cpu: cpuSchema,
  memory: memorySchema,
  /** GPUs that a computation could run on; the reason why none is seen when there is none. */
  gpus: observed(z.array(gpuSchema).min(1)),
  displayAdapters: observed(z.array(displayAdapterSchema).min(1)),
  operatingSystem: operatingSystemSchema,
  virtualization: virtualizationSchema,
  load: loadSchema,
  powerSource: observed(z.enum(['mains', 'battery'])),
});
export type MachineReport = z.infer<typeof machineReportSchema>;
