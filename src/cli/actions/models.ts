import { statSync } from 'node:fs';
import path from 'node:path';
import type { Core } from '../../core/create-core.ts';
import { referenceModelKey } from '../../core/models/building/build-reference-model.ts';
import type { ReferenceModel } from '../../core/models/building/define-reference-model.ts';
import { importModel } from '../../core/models/import/import-model.ts';
import { findReferenceModel, referenceModels } from '../../core/models/registry.ts';
import type { Reading } from '../../shared/domain/provenance.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { invocation } from '../invocation.ts';
import { printColumns, type Cell } from '../output/columns.ts';
import type { ListedModel } from '../output/documents.ts';
import { kindCell } from '../output/results.ts';
import { toUsageError } from './arguments.ts';

/** Reference models and models that were added. */
export async function listModels({ openCore, terminal }: CommandHost): Promise<CommandResult> {
  const core = await openCore();
  const references = referenceModels.map((model) => describeReference(model, core));
  const added = core.storage.models.list().map(({ name, kind, path: file, summary }): ListedModel => ({
    name,
    kind,
    title: path.basename(file),
    source: file,
    parameters: toReading(summary.parameters, '1', 'computed'),
    macs: null,
    sizeBytes: summary.sizeBytes,
  }));
  const models = [...references, ...added];
  const rows = models.map(({ name, title, parameters, macs, sizeBytes }): Cell[] => [
    name,
    { text: title, style: 'muted' },
    formatCount(parameters.value),
    macs === null ? { text: 'see inspect', style: 'muted' } : { number: formatQuantity(macs.value, 'MAC') },
    macs === null ? '' : kindCell(macs.kind),
    sizeBytes === null ? { text: 'built on first use', style: 'muted' } : { number: formatQuantity(sizeBytes, 'B') },
  ]);
  const columns = [
    { title: 'model' },
    { title: 'what it is', dropOrder: 2 },
    { title: 'parameters', align: 'right' as const },
    { title: 'operations' },
    { title: 'kind', dropOrder: 1 },
    { title: 'size' },
  ];
  terminal.print(...printColumns(terminal, columns, rows, 0));
  terminal.print('', terminal.paint('muted', 'Operations are multiply-accumulates of one sample.'));
  return { data: { models } };
}

function describeReference(model: ReferenceModel, { directory }: Core): ListedModel {
  const file = path.join(directory.models, referenceModelKey(model, 0), `${model.id}.onnx`);
  const { parameters, macs, source } = model.expected;
  const kind = /^computed\b/.test(source) ? 'computed' : 'catalogue';
  return {
    name: model.id,
    kind: 'reference',
    title: model.title,
    source: model.source,
    parameters: toReading(parameters, '1', kind),
    macs: toReading(macs, 'MAC', kind),
    sizeBytes: statSync(file, { throwIfNoEntry: false })?.size ?? null,
  };
}

function toReading(value: number, unit: Reading['unit'], kind: Reading['kind']): Reading {
  return { value, unit, kind, interval: null, n: null };
}

/** Checks a file, proves nothing about its speed, and gives it a name. */
export async function addModel(
  { openCore, terminal, signal }: CommandHost,
  file: string,
  wanted: string | undefined,
): Promise<CommandResult> {
  const model = await importModel(file, { signal, ...(wanted === undefined ? {} : { name: wanted }) });
  const { name, path: modelPath, summary } = model;
  if (findReferenceModel(name) !== undefined) {
    throw toUsageError(`A reference model is called "${name}" already.`, 'Choose another name with --name.');
  }
  const core = await openCore();
  const addedAt = new Date().toISOString();
  core.storage.models.add({ name, path: modelPath, sha256: summary.sha256, kind: 'imported', addedAt, summary });
  const size = formatQuantity(summary.sizeBytes, 'B').text;
  terminal.print(`Added ${terminal.paint('strong', name)}: ${formatCount(summary.parameters)} parameters, ${size}.`);
  terminal.print(terminal.paint('muted', `$ ${invocation} run ${name}`));
  return { data: { name, path: modelPath, summary } };
}

/** Forgets a model that was added. */
export async function removeModel({ openCore, terminal }: CommandHost, name: string): Promise<CommandResult> {
  const core = await openCore();
  core.storage.models.remove(name);
  terminal.print(`Removed ${name}. Its file and its results are still there.`);
  return { data: { name } };
}
