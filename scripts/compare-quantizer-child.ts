/** Quantizes a model as the application does and writes one line of JSON. Started by scripts/compare-quantizer.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { createNodeSpawner } from '../src/core/engine-client/node-spawner.ts';
import { quantizeModel } from '../src/core/quantize/quantize-model.ts';
import { engineEntryPath } from '../src/core/resources.ts';
import { recipeIdSchema } from '../src/shared/domain/quantization.ts';
import { peakResidentBytes } from './perf/process-memory.ts';

const requestSchema = z.object({
  source: z.string(),
  target: z.string(),
  recipe: recipeIdSchema,
  parameters: z.record(z.string(), z.unknown()),
  dims: z.record(z.string(), z.number()),
});

const request = requestSchema.parse(JSON.parse(process.argv[2] ?? ''));
const temporaryFolder = mkdtempSync(path.join(tmpdir(), 'inferometer-compare-'));
try {
  const startNs = process.hrtime.bigint();
  let writtenNs = startNs;
  const { nodes } = await quantizeModel(request.source, {
    ...request,
    version: '0',
    spawn: createNodeSpawner(engineEntryPath()),
    temporaryFolder,
    onProgress(share) {
      // What comes after 0.8 is the check: loading and running the result.
      if (share <= 0.8) writtenNs = process.hrtime.bigint();
    },
  });
  const toSeconds = (ns: bigint): number => Number(ns - startNs) / 1e9;
  const changed = nodes.filter(({ outcome }) => outcome.kind === 'changed').length;
  console.log(
    JSON.stringify({
      writeS: toSeconds(writtenNs),
      workS: toSeconds(process.hrtime.bigint()),
      peakBytes: peakResidentBytes('self') ?? process.resourceUsage().maxRSS * 1024,
      changed,
    }),
  );
} finally {
  rmSync(temporaryFolder, { recursive: true });
}
