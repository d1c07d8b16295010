import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { quantizationSchema, type Quantization, type RecipeId } from '../../shared/domain/quantization.ts';
import type { QuantizingProgress } from '../../shared/domain/quantizing.ts';
import { isVariantFile, variantsFolder } from '../models/import/copies.ts';
import { refuseTakenName, storeModel } from '../models/import/add-model.ts';
import { importModel, type ImportedModel } from '../models/import/import-model.ts';
import { resolveModel, type ResolvedModel, type ResolvePorts } from '../models/resolve-model.ts';
import { withFileFailures } from '../onnx/output-file.ts';
import { openCalibration } from './open-calibration.ts';
import { quantizeModel } from './quantize-model.ts';
import { recipes } from './registry.ts';

export interface VariantRequest {
  /** Model to quantize, as a plan names it. */
  name: string;
  recipe: RecipeId;
  /** Those that differ from the recipe's defaults. */
  parameters: Readonly<Record<string, unknown>>;
  /** Names of nodes, or of their outputs, that stay as they are. */
  excluded: readonly string[];
  /** File or folder with calibration data; null: the model's own samples, else generated inputs. */
  calibration: string | null;
  /** Name under which the variant is listed. */
  saveAs: string;
}

export interface VariantPorts extends ResolvePorts {
  app: { version: string };
}

export interface MakeOptions {
  onProgress?: (progress: QuantizingProgress) => void;
  signal?: AbortSignal;
}

const unfinishedPrefix = '.making-';
/** No variant takes this long: what is older was left by a process that was killed. */
const abandonedMs = 24 * 3_600_000;
const reportFile = 'quantization.json';

/**
 * Quantizes a model into a folder of the data directory and lists the result under a name. Leaves nothing behind when
 * that fails or is cancelled. Throws USAGE for a name that is taken, and what resolveModel and quantizeModel throw.
 */
export async function makeVariant(
  ports: VariantPorts,
  { name, recipe, parameters, excluded, calibration, saveAs }: VariantRequest,
  { onProgress = () => undefined, signal }: MakeOptions = {},
): Promise<{ model: ImportedModel; quantization: Quantization }> {
  const abort = signal ? { signal } : {};
  // What would be refused in the end is refused before the work.
  refuseTakenName(ports.storage, saveAs);
  const onBuilding = (share: number): void => {
    if (share < 1) onProgress({ stage: 'building', share });
  };
  const source = await resolveModel(name, ports, { onProgress: onBuilding, ...abort });
  const dims = ownDims(source);
  const { temporary: temporaryFolder } = ports.directory;
  // Data is not read in vain for recipes that do not calibrate.
  await using opened = recipes[recipe].usesCalibration
    ? await openCalibration(calibration, source, { dims, temporaryFolder, ...abort })
    : null;
  const data = opened?.data ?? null;
  const folder = variantsFolder(ports.directory);
  await using workplace = await createWorkplace(folder);
  const stem = toFileName(saveAs);
  const quantization = await quantizeModel(source.path, {
    recipe,
    parameters,
    excluded,
    target: path.join(workplace.path, `${stem}.onnx`),
    version: ports.app.version,
    spawn: ports.spawn,
    temporaryFolder,
    dims: { ...dims, ...data?.dims },
    ...(data === null ? {} : { calibration: data.pool }),
    onProgress: (share, stage) => onProgress({ stage, share }),
    ...abort,
  });
  const made = await importModel(quantization.target.path, { name: saveAs, ...abort });
  const home = path.join(folder, `${stem}-${made.summary.sha256.slice(0, 12)}`);
  const file = path.join(home, path.basename(made.path));
  const report: Quantization = { ...quantization, target: { ...quantization.target, path: file } };
  await withFileFailures(home, writeFile(path.join(workplace.path, reportFile), JSON.stringify(report)));
  signal?.throwIfAborted();
  await publish(workplace.path, home);
  const model = { ...made, path: file };
  try {
    storeModel(ports.storage, model, 'quantized');
  } catch (error) {
    if (!isListed(ports, file)) await rm(home, { recursive: true, force: true });
    throw error;
  }
  return { model, quantization: report };
}

/** How a variant that this application made came to be; null for any other model. Throws NOT_FOUND. */
export async function readVariantReport(
  { storage, directory }: Pick<VariantPorts, 'storage' | 'directory'>,
  name: string,
): Promise<Quantization | null> {
  const file = storage.models.list().find((model) => model.name === name)?.path;
  if (file === undefined || !isVariantFile(file, directory)) return null;
  const text = await readFile(path.join(path.dirname(file), reportFile), 'utf8').catch(() => null);
  if (text === null) return null;
  // An older version may have written another form; what cannot be read is as good as missing.
  const parsed = quantizationSchema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Sizes that a reference model has of itself; the batch is left open. */
function ownDims({ reference }: ResolvedModel): Record<string, number> {
  return Object.fromEntries(Object.entries(reference?.defaultDims ?? {}).filter(([symbol]) => symbol !== 'batch'));
}

/** A name that is a file on every system. */
function toFileName(name: string): string {
  const plain = name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '');
  return plain === '' ? 'variant' : plain.slice(0, 100);
}

async function createWorkplace(folder: string): Promise<AsyncDisposable & { path: string }> {
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
async function publish(workplace: string, home: string): Promise<void> {
  if (existsSync(home)) return;
  await withFileFailures(home, rename(workplace, home));
}

function isListed({ storage }: Pick<VariantPorts, 'storage'>, file: string): boolean {
  return storage.models.list().some((model) => model.path === file);
}
