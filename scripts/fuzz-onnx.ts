/**
 * Feeds damaged model files to the reader: `node scripts/fuzz-onnx.ts [files] [seed]`. Every file must end as a valid
 * summary or as an InferometerError with a MODEL_* code, within a second and in bounded memory.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { costModel } from '../src/core/onnx/cost.ts';
import { ModelProtoSchema, TensorProto_DataLocation as DataLocation } from '../src/core/onnx/gen/onnx_pb.js';
import { hashModel, summarizeModel } from '../src/core/onnx/inspect.ts';
import { readModel } from '../src/core/onnx/read.ts';
import { readTensorBytes } from '../src/core/onnx/tensor-data.ts';
import { allTensors } from '../src/core/onnx/walk.ts';
import { describeDataDependence } from '../src/core/models/inputs/data-dependence.ts';
import { findInputHints } from '../src/core/models/inputs/input-hints.ts';
import { modelSummarySchema } from '../src/shared/domain/model.ts';
import { InferometerError } from '../src/shared/errors.ts';

export interface FuzzReport {
  files: number;
  /** "valid" or a failure code, to the number of files that ended so. */
  outcomes: Record<string, number>;
  /** Files that ended in any other way: mutation, index and error. */
  violations: string[];
  slowestMs: number;
  rssGrowthBytes: number;
}

interface Random {
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
}
type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const FIXTURES = path.join(import.meta.dirname, '../test/fixtures/onnx');
const BASES = ['conv', 'text', 'types', 'control'];
/** Lengths and counts that break naive arithmetic. */
const LIES = [0n, 1n, 127n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n];
const LOCATIONS = [
  '../../../../etc/passwd',
  '/etc/passwd',
  '',
  '.',
  '..',
  'a\0b',
  'missing.bin',
  'C:\\weights',
  'x'.repeat(5000),
];

const MUTATIONS: Record<string, Mutation> = {
  flipBits(bytes, random) {
    const copy = Uint8Array.from(bytes);
    for (let count = 1 + random.below(8); count > 0; count--) {
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    }
    return copy;
  },
  truncate: (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  lieAboutLength(bytes, random) {
    const at = random.below(bytes.length);
    const lie = new BinaryWriter().uint64(random.pick(LIES)).finish();
    return Buffer.concat([bytes.subarray(0, at), lie, bytes.subarray(at + 1)]);
  },
  insertNoise(bytes, random) {
    const at = random.below(bytes.length);
    const noise = Uint8Array.from({ length: 1 + random.below(64) }, () => random.below(256));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  moveRange(bytes, random) {
    const [from, to] = [random.below(bytes.length), random.below(bytes.length)];
    const length = random.below(256);
    return Buffer.concat([
      bytes.subarray(0, to),
      bytes.subarray(from, from + length),
      bytes.subarray(to + random.below(256)),
    ]);
  },
  /** attribute.g inside node.attribute inside graph.node */
  nestGraphs: (bytes, random) => Buffer.concat([bytes, nested([7], [1, 5, 6], random.below(random.pick([20, 3000])))]),
  /** elem_type of sequence_type of the type of an input */
  nestTypes: (bytes, random) => Buffer.concat([bytes, nested([7, 11, 2], [4, 1], random.below(3000))]),
  nestGroups(bytes, random) {
    const depth = random.below(5000);
    const group = Uint8Array.from({ length: depth }, () => (12 << 3) | WireType.StartGroup);
    return Buffer.concat([bytes, random.below(2) === 0 ? group : framed(7, group)]);
  },
  lieAboutDims(bytes, random) {
    const dims = Array.from({ length: random.below(6) }, () => BigInt.asIntN(64, random.pick(LIES)));
    const dataType = random.pick([0, 1, 7, 8, 22, 26, 27, 9999]);
    const part = { graph: { initializer: [{ name: 'lie', dims, dataType, floatData: random.pick([[], [1]]) }] } };
    return append(bytes, part);
  },
  lieAboutExternalData(bytes, random) {
    const externalData = [
      { key: 'location', value: random.pick(LOCATIONS) },
      { key: 'offset', value: random.pick(['0', '-1', '9'.repeat(30), '1e9', '', '4096']) },
      { key: 'length', value: random.pick(['4', '0', '9'.repeat(15), 'NaN']) },
    ].filter(() => random.below(8) > 0);
    const tensor = { name: 'outside', dims: [1n], dataType: 1, dataLocation: DataLocation.EXTERNAL, externalData };
    return append(bytes, { graph: { initializer: [tensor] } });
  },
  manyNodes(bytes, random) {
    const node = { opType: 'Relu', input: ['x'], output: ['x'] };
    return append(bytes, { graph: { node: Array.from({ length: random.below(3000) }, () => node) } });
  },
  onlyNoise: (_, random) => Uint8Array.from({ length: 1 + random.below(2000) }, () => random.below(256)),
  noiseAfterVersion: (_, random) =>
    Uint8Array.from({ length: 2 + random.below(500) }, (__, at) => [8, 8][at] ?? random.below(256)),
};

function framed(field: number, body: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(body).finish();
}

/** Empty messages in one another: the fields of `outer`, then those of `repeated` `depth` times. */
function nested(outer: readonly number[], repeated: readonly number[], depth: number): Uint8Array {
  const fields = [...outer, ...Array.from({ length: depth }, () => repeated).flat()];
  const writer = new BinaryWriter();
  for (const field of fields) writer.tag(field, WireType.LengthDelimited).fork();
  fields.forEach(() => writer.join());
  return writer.finish();
}

function append(bytes: Uint8Array, part: Parameters<typeof create<typeof ModelProtoSchema>>[1]): Uint8Array {
  return Buffer.concat([bytes, toBinary(ModelProtoSchema, create(ModelProtoSchema, part))]);
}

function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const below = (limit: number): number => (generator.next() >>> 0) % limit;
  return {
    below,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('Nothing to pick from.');
      return item;
    },
  };
}

/** Everything that the application does with a file before ONNX Runtime sees it. */
async function exercise(file: string, keepBytes: number): Promise<void> {
  const loaded = await readModel(file, { keepBytes });
  modelSummarySchema.parse(summarizeModel(loaded, await hashModel(loaded)));
  findInputHints(loaded);
  describeDataDependence(loaded);
  costModel(loaded, {}, new Map());
  for (const tensor of allTensors(loaded.model)) if (tensor.dataType !== 8) readTensorBytes(loaded, tensor);
}

/** Mutates valid models and reads them. The same seed gives the same files. */
export async function fuzzReader(files: number, seed: number): Promise<FuzzReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'inferometer-fuzz-'));
  const bases = await Promise.all(BASES.map((name) => readFile(path.join(FIXTURES, `${name}.onnx`))));
  const random = createRandom(seed);
  const report: FuzzReport = { files, outcomes: {}, violations: [], slowestMs: 0, rssGrowthBytes: 0 };
  const startRss = process.memoryUsage.rss();
  try {
    for (let index = 0; index < files; index++) {
      const mutation = random.pick(Object.keys(MUTATIONS));
      const bytes = MUTATIONS[mutation]?.(random.pick(bases), random) ?? new Uint8Array();
      const file = path.join(folder, 'model.onnx');
      await writeFile(file, bytes);
      const start = performance.now();
      let outcome = 'valid';
      try {
        await exercise(file, random.pick([0, 64, 4096]));
      } catch (error) {
        outcome = error instanceof InferometerError && error.code.startsWith('MODEL_') ? error.code : 'violation';
        if (outcome === 'violation')
          report.violations.push(`${mutation} #${index} (${bytes.length} bytes): ${String(error)}`);
      }
      report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
      report.slowestMs = Math.max(report.slowestMs, performance.now() - start);
      report.rssGrowthBytes = Math.max(report.rssGrowthBytes, process.memoryUsage.rss() - startRss);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return report;
}

if (process.argv[1] === import.meta.filename) {
  const files = Number(process.argv[2] ?? 10_000);
  const seed = Number(process.argv[3] ?? 1);
  const start = performance.now();
  const report = await fuzzReader(files, seed);
  console.log(JSON.stringify({ seed, seconds: (performance.now() - start) / 1000, ...report }, null, 2));
  process.exitCode = report.violations.length > 0 || report.slowestMs > 1000 || report.rssGrowthBytes > 200e6 ? 1 : 0;
}
