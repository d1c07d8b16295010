import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { variantReportSchema, type VariantReport } from '../../shared/domain/variant-report.ts';
import { isVariantFile } from '../models/import/copies.ts';
import { withFileFailures } from '../onnx/output-file.ts';
import type { DataDirectory } from '../storage/data-directory.ts';
import type { Storage } from '../storage/open.ts';

const unfinishedPrefix = '.making-';
/** No variant takes this long: what is older was left by a process that was killed. */
const abandonedMs = 24 * 3_600_000;
const reportFile = 'quantization.json';

/** A folder below `folder` in which a variant is made; it is gone afterwards. */
export async function createVariantFolder(folder: string): Promise<AsyncDisposable & { path: string }> {
  await withFileFailures(folder, mkdir(folder, { recursive: true, mode: 0o700 }));
  await removeAbandoned(folder);
  const made = await withFileFailures(folder, mkdtemp(path.join(folder, unfinishedPrefix)));
  return { path: made, [Symbol.asyncDispose]: () => rm(made, { recursive: true, force: true }) };
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(unfinishedPrefix)) continue;
    const one = path.join(folder, name);
    const touchedMs = (await stat(one).catch(() => null))?.mtimeMs ?? Date.now();
    if (Date.now() - touchedMs > abandonedMs) await rm(one, { recursive: true, force: true });
  }
}

/** Moves a finished folder to its place. What is there already has the same content: the name holds its hash. */
export async function publishVariant(made: string, home: string, report: VariantReport): Promise<void> {
  await withFileFailures(home, writeFile(path.join(made, reportFile), JSON.stringify(report)));
  if (!existsSync(home)) await withFileFailures(home, rename(made, home));
}

/** A name that is a file on every system. */
export function toFileName(name: string): string {
  const plain = name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '');
  return plain === '' ? 'variant' : plain.slice(0, 100);
}

/** How a variant that this application made came to be; null for any other model. */
export async function readVariantReport(
  { storage, directory }: { storage: Storage; directory: DataDirectory },
  name: string,
): Promise<VariantReport | null> {
  const file = storage.models.list().find((model) => model.name === name)?.path;
  if (file === undefined || !isVariantFile(file, directory)) return null;
  const text = await readFile(path.join(path.dirname(file), reportFile), 'utf8').catch(() => null);
  if (text === null) return null;
  // Another version may have written another form; what cannot be read is as good as missing.
  const parsed = variantReportSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
