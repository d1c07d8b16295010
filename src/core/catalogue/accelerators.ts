import { z } from 'zod';
import gpuSpecs from '../../../resources/catalogue/gpu-specs.json' with { type: 'json' };

const rate = z.number().positive().nullable();

/** One accelerator with the dense rates and the source of its row. */
const acceleratorSchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  vendor: z.enum(['NVIDIA', 'AMD', 'Intel', 'Apple']),
  arch: z.string().min(1),
  year: z.number().int(),
  memoryGB: z.number().positive(),
  bandwidthGBs: z.number().positive(),
  fp32Tflops: rate,
  fp16Tflops: rate,
  bf16Tflops: rate,
  int8Tops: rate,
  fp8Tflops: rate,
  tdpW: rate,
  source: z.string().min(1),
  /** How good the source is, best first. */
  quality: z.enum(['datasheet', 'whitepaper', 'derived', 'estimated']),
  note: z.string().nullish(),
  checkedBy: z.array(z.string()),
});
export type Accelerator = z.infer<typeof acceleratorSchema>;

/** Checks rows of the catalogue: complete, and each id once. Throws on a row that is neither. */
export function parseAccelerators(rows: unknown): Accelerator[] {
  const accelerators = z.array(acceleratorSchema).min(1).parse(rows);
  const ids = new Set(accelerators.map((accelerator) => accelerator.id));
  if (ids.size !== accelerators.length) throw new Error('Two rows of the accelerator catalogue share an id');
  return accelerators;
}

let parsed: readonly Accelerator[] | null = null;

/** The accelerators that the application ships, parsed once. */
export function readAccelerators(): readonly Accelerator[] {
  parsed ??= parseAccelerators(gpuSpecs);
  return parsed;
}

export type AcceleratorMatch =
  | { status: 'matched'; accelerator: Accelerator }
  /** Name and memory fit several rows. */
  | { status: 'ambiguous'; candidates: Accelerator[] }
  | { status: 'unknown'; reason: string };

/** Part of the reported memory over the catalogue's: error correction and firmware take up to a tenth. */
const MEMORY_RATIO = { low: 0.9, high: 1.05 };

/** Words that say nothing about which chip it is. */
const NOISE = new Set(
  'nvidia amd ati intel corporation inc tesla geforce graphics gpu controller r tm edition workstation server generation'.split(
    ' ',
  ),
);

interface NameParts {
  /** What is left: the model. Order does not matter. */
  model: string;
  /** "pcie", "sxm", "nvl", "oam", or null where the name does not tell. */
  form: string | null;
  memoryGB: number | null;
  memoryKind: string | null;
}

/**
 * Finds the catalogue row of a GPU from the name its driver reports, e.g. "NVIDIA H100 80GB HBM3", and its memory in
 * bytes (null when not known). `cores` is the number of GPU cores, which tells Apple's variants apart.
 * The model must agree word by word: a laptop, Ti or SUPER variant is another product with other rates.
 */
export function matchAccelerator(
  name: string,
  memoryBytes: number | null,
  cores: number | null = null,
  accelerators: readonly Accelerator[] = readAccelerators(),
): AcceleratorMatch {
  if (/\bMIG\b|\bvGPU\b|\bGRID\b/i.test(name)) {
    return { status: 'unknown', reason: `"${name}" is a part of a GPU, and the catalogue lists whole ones` };
  }
  const reported = toNameParts(name);
  const sameModel = accelerators.filter((accelerator) => toNameParts(accelerator.name).model === reported.model);
  if (sameModel.length === 0)
    return { status: 'unknown', reason: `the catalogue has no accelerator named like "${name}"` };
  const candidates = sameModel.filter(
    (accelerator) =>
      fitsForm(accelerator, reported) &&
      fitsMemory(accelerator, reported, memoryBytes) &&
      fitsCores(accelerator, cores),
  );
  const [first, ...others] = candidates;
  if (first === undefined) {
    return {
      status: 'unknown',
      reason: `the catalogue knows "${name}" in other variants only (memory, form or cores differ)`,
    };
  }
  // Without a core count, an Apple chip may be the smaller variant that has no row.
  const isSure = others.length === 0 && (first.vendor !== 'Apple' || cores !== null);
  return isSure ? { status: 'matched', accelerator: first } : { status: 'ambiguous', candidates };
}

function toNameParts(name: string): NameParts {
  const parts: NameParts = { model: '', form: null, memoryGB: null, memoryKind: null };
  const model: string[] = [];
  const words = name
    .toLowerCase()
    .replaceAll(/\((?:r|tm)\)/g, ' ')
    .replaceAll(/\([^)]*\)/g, ' ')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !NOISE.has(word));
  for (const word of words) {
    const memory = /^(\d+)gb?$/.exec(word);
    const form = /^(pcie|sxm|nvl|oam)\d*$/.exec(word);
    if (memory) parts.memoryGB = Number(memory[1]);
    else if (form) parts.form = form[1] ?? null;
    else if (/^hbm\d/.test(word)) parts.memoryKind = word;
    else model.push(word);
  }
  parts.model = model.sort().join(' ');
  return parts;
}

function fitsForm(accelerator: Accelerator, reported: NameParts): boolean {
  const { form } = toNameParts(accelerator.name);
  if (reported.form !== null && form !== null) return reported.form === form;
  // The SXM module of the H100 leaves its form out and names HBM3, which no PCIe board of it carries.
  return !(reported.memoryKind === 'hbm3' && form === 'pcie');
}

function fitsMemory(accelerator: Accelerator, reported: NameParts, memoryBytes: number | null): boolean {
  // Apple's memory is the machine's and varies within a row.
  if (accelerator.vendor === 'Apple') return true;
  if (memoryBytes === null) return reported.memoryGB === null || reported.memoryGB === accelerator.memoryGB;
  const ratio = memoryBytes / 1024 ** 3 / accelerator.memoryGB;
  return ratio >= MEMORY_RATIO.low && ratio <= MEMORY_RATIO.high;
}

function fitsCores(accelerator: Accelerator, cores: number | null): boolean {
  const listed = /\((\d+)-core GPU\)/.exec(accelerator.name)?.[1];
  return cores === null || listed === undefined || Number(listed) === cores;
}
