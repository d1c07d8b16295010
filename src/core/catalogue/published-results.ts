import { z } from 'zod';
import published from '../../../resources/catalogue/published-results.json' with { type: 'json' };
import type { Provenance } from '../../shared/domain/run.ts';
import type { CellConfig } from '../../shared/domain/plan.ts';
import type { PublishedResult } from '../../shared/domain/published.ts';
import { matchAccelerator } from './accelerators.ts';

const deviceSchema = z.discriminatedUnion('kind', [
  /** `accelerator` is an id of the accelerator catalogue. */
  z.object({ kind: z.literal('gpu'), name: z.string().min(1), accelerator: z.string().min(1) }),
  /** `modelNumber` is a word of the processor's name; `cores` of all sockets together. */
  z.object({
    kind: z.literal('cpu'),
    name: z.string().min(1),
    modelNumber: z.string().min(1),
    cores: z.number().int().positive(),
  }),
]);

const resultSchema = z.strictObject({
  id: z.string().min(1),
  family: z.string().min(1),
  device: deviceSchema,
  deviceCount: z.number().int().positive(),
  precision: z.enum(['float32', 'float16', 'int8']),
  runtime: z.string().min(1),
  scenario: z.enum(['single-stream', 'multi-stream', 'server', 'offline', 'instances']),
  instances: z.number().int().positive().optional(),
  threads: z.number().int().positive().optional(),
  batch: z.number().int().positive().optional(),
  dims: z.record(z.string(), z.number().int().positive()).optional(),
  metric: z.enum(['throughput', 'latency', 'energy', 'speedup']),
  percentile: z.number().optional(),
  /** Energy is for one sample; throughput is of all devices together. */
  unit: z.enum(['samples/s', 'ns', 'J', '1']),
  value: z.number().positive(),
  /** Upper end, where a range was published. */
  valueHigh: z.number().positive().optional(),
  /** Share of right answers that was published with it. */
  accuracy: z.number().gt(0).lt(1).optional(),
  source: z.string().min(1),
  note: z.string().min(1).optional(),
});
type PublishedRow = z.infer<typeof resultSchema>;

const publishedSchema = z.strictObject({
  /** Beginnings of model names in lower case without punctuation, by family. */
  families: z.record(z.string(), z.array(z.string().regex(/^[a-z0-9]+$/)).min(1)),
  sources: z.record(
    z.string(),
    z.strictObject({ name: z.string().min(1), url: z.url(), licence: z.string().min(1), edition: z.string().min(1) }),
  ),
  results: z.array(resultSchema).min(1),
});
export type PublishedCatalogue = z.infer<typeof publishedSchema>;

/** Checks published figures: complete, each id once, and every family and source defined. Throws on others. */
export function parsePublished(raw: unknown): PublishedCatalogue {
  const catalogue = publishedSchema.parse(raw);
  const ids = new Set(catalogue.results.map(({ id }) => id));
  if (ids.size !== catalogue.results.length) throw new Error('Two published results share an id');
  for (const { id, family, source } of catalogue.results) {
    if (!(family in catalogue.families))
      throw new Error(`The published result ${id} is of the unknown family ${family}`);
    if (!(source in catalogue.sources)) throw new Error(`The published result ${id} has the unknown source ${source}`);
  }
  return catalogue;
}

let parsed: PublishedCatalogue | null = null;

/** The figures that the application ships, parsed once. */
export function readPublished(): PublishedCatalogue {
  parsed ??= parsePublished(published);
  return parsed;
}

/** What of a measured configuration decides which published figures it can be set beside. */
export interface PublishedQuery {
  config: Pick<CellConfig, 'model' | 'provider' | 'scenario' | 'batch' | 'dims'>;
  /** What the weights are; null: not known, and nothing matches. */
  precision: PublishedRow['precision'] | null;
  runtime: Pick<Provenance['runtime'], 'device' | 'onnxruntime'>;
}

/**
 * Published figures of the same model family, device and precision, each with what still sets it apart. They are no
 * measurements of this machine and judge nothing: they only say whether a result is of the expected size.
 */
export function findPublished(
  query: PublishedQuery,
  catalogue: PublishedCatalogue = readPublished(),
): PublishedResult[] {
  const family = findFamily(query.config.model, catalogue);
  if (family === null || query.precision === null) return [];
  return catalogue.results
    .filter((row) => row.family === family && row.precision === query.precision && isSameDevice(row, query))
    .map((row) => toPublished(row, query, catalogue));
}

/** By the beginning of the name, the longest that fits: a path counts by its file name. */
function findFamily(model: string, { families }: PublishedCatalogue): string | null {
  const name = (model.split(/[/\\]/).at(-1) ?? model).toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const fitting = Object.entries(families).flatMap(([family, beginnings]) =>
    beginnings.filter((one) => name.startsWith(one)).map((one) => ({ family, length: one.length })),
  );
  return fitting.toSorted((left, right) => right.length - left.length)[0]?.family ?? null;
}

function isSameDevice({ device }: PublishedRow, { config, runtime }: PublishedQuery): boolean {
  if (runtime.device === null) return false;
  if (device.kind === 'cpu') {
    return config.provider === 'cpu' && runtime.device.split(/\s+/).includes(device.modelNumber);
  }
  if (config.provider === 'cpu') return false;
  const match = matchAccelerator(runtime.device, null);
  return match.status === 'matched' && match.accelerator.id === device.accelerator;
}

function toPublished(row: PublishedRow, query: PublishedQuery, { sources }: PublishedCatalogue): PublishedResult {
  const { id, family, device, deviceCount, precision, runtime, scenario, metric, unit, percentile, note } = row;
  const per = metric === 'throughput' ? row.value / deviceCount : row.value;
  const source = sources[row.source];
  if (source === undefined) throw new Error(`The published result ${id} has no source`);
  return {
    id,
    family,
    device: device.name,
    deviceCount,
    precision,
    runtime,
    scenario,
    metric,
    reading: {
      value: per,
      unit,
      kind: 'catalogue',
      interval: null,
      n: null,
    },
    percentile: percentile ?? null,
    source,
    note:
      [
        ...(row.valueHigh === undefined ? [] : [`Up to ${row.valueHigh} was published`]),
        ...(note === undefined ? [] : [note]),
      ].join('; ') || null,
    differences: listDifferences(row, query),
  };
}

function listDifferences(row: PublishedRow, { config, runtime }: PublishedQuery): string[] {
  const { batch, dims = {}, deviceCount, instances, threads } = row;
  const otherDims = Object.entries(dims).filter(([name, size]) => config.dims[name] !== size);
  return [
    `It ran with ${row.runtime}, this with ONNX Runtime ${runtime.onnxruntime} (${config.provider}).`,
    ...(row.scenario === config.scenario
      ? []
      : [
          row.scenario === 'instances'
            ? `It was measured with ${instances} instances of ${threads} threads at once, this as ${config.scenario}.`
            : `It was measured as ${row.scenario}, this as ${config.scenario}.`,
        ]),
    ...(batch === undefined
      ? ['Its batch was not published.']
      : batch === config.batch
        ? []
        : [`Its batch was ${batch}, this one is ${config.batch}.`]),
    ...otherDims.map(([name, size]) => `Its ${name} was ${size}.`),
    ...(row.metric === 'throughput' && deviceCount > 1
      ? [`It is the rate of ${deviceCount} devices, divided by their number.`]
      : []),
  ];
}
