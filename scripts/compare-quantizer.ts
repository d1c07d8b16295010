/**
 * Compares the quantizer with the one in the official Python package of ONNX Runtime: quantized weights, scales and zero
 * points, byte by byte. `npm run compare:quantizer` takes reference models by name and .onnx files by path; without
 * any, five reference models and what PyTorch's exporters write. Needs a Python with onnxruntime 1.30 and onnx
 * (`INFEROMETER_PYTHON`, else .venv-perf), for PyTorch's models also torch, torchvision and transformers. Ends with 1
 * when something differs. `npm run perf -- quantization` measures time and memory as well, and writes the figures down.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createCore } from '../src/core/create-core.ts';
import { compareAll, describeCase, objections } from './compare-quantizer/compare-all.ts';
import { findQuantizer } from './compare-quantizer/find-quantizer.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'data-dir': { type: 'string' },
    exported: { type: 'string', default: path.join(tmpdir(), 'inferometer-exported') },
  },
});
const found = await findQuantizer();
if ('reason' in found) {
  console.error(found.reason);
  process.exit(2);
}
const folder = mkdtempSync(path.join(tmpdir(), 'inferometer-compare-'));
process.once('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

let objected = 0;
using core = createCore(values['data-dir'] === undefined ? {} : { dataDirectory: values['data-dir'] });
const options = { ...found, core, names: positionals, exportedFolder: values.exported, folder };
for await (const results of compareAll({ ...options, say: (line) => console.log(`\n${line}`) })) {
  for (const result of results) {
    console.log(`  ${result.name.padEnd(36)} ${describeCase(result)}`);
    for (const objection of objections(result).slice(0, 5)) console.log(`    ${objection}`);
    objected += objections(result).length;
  }
}
console.log(objected === 0 ? '\nNothing differs.' : `\n${objected} tensors or files differ.`);
process.exitCode = objected === 0 ? 0 : 1;
