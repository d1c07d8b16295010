import { invocation } from '../../core/invocation.ts';
import { addModel as addToCore } from '../../core/models/import/add-model.ts';
import { removeModel as removeModelFrom, type FileAfterRemoval } from '../../core/models/import/remove-model.ts';
import { listModels as listAllModels } from '../../core/models/list-models.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import { printColumns, type Cell } from '../output/columns.ts';
import type { ListedModel } from '../output/documents.ts';
import { kindCell } from '../output/results.ts';

/** Reference models and models that were added. */
export async function listModels({ openCore, terminal }: CommandHost): Promise<CommandResult> {
  const core = await openCore();
  const models: ListedModel[] = listAllModels(core);
  const rows = models.map(({ name, title, source, parameters, macs, sizeBytes, missing }): Cell[] => [
    name,
    { text: title, style: 'muted' },
    formatCount(parameters.value),
    macs === null ? { text: 'see inspect', style: 'muted' } : { number: formatQuantity(macs.value, 'MAC') },
    macs === null ? '' : kindCell(macs.kind),
    toSizeCell(sizeBytes, missing === null ? null : missing === source ? 'file is gone' : 'weights are gone'),
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

function toSizeCell(sizeBytes: number | null, gone: string | null): Cell {
  if (gone !== null) return { text: gone, style: 'caution' };
  if (sizeBytes === null) return { text: 'built on first use', style: 'muted' };
  return { number: formatQuantity(sizeBytes, 'B') };
}

/** Checks a file, proves nothing about its speed, and gives it a name. */
export async function addModel(
  { openCore, terminal, signal }: CommandHost,
  file: string,
  wanted: string | undefined,
): Promise<CommandResult> {
  const { storage } = await openCore();
  const options = { signal, ...(wanted === undefined ? {} : { name: wanted }) };
  const { name, path, summary } = await addToCore(storage, file, options);
  const size = formatQuantity(summary.sizeBytes, 'B').text;
  terminal.print(`Added ${terminal.paint('strong', name)}: ${formatCount(summary.parameters)} parameters, ${size}.`);
  terminal.print(terminal.paint('muted', `$ ${invocation} run ${name}`));
  return { data: { name, path, summary } };
}

const afterRemoval: Readonly<Record<FileAfterRemoval, string>> = {
  own: 'Its file and its results are still there.',
  'copy-deleted': 'The copy of its file was deleted; its results are still there.',
  'copy-kept': 'Its results are still there, and the copy of its file, which another model or an unfinished run needs.',
};

/** Forgets a model that was added. */
export async function removeModel({ openCore, terminal }: CommandHost, name: string): Promise<CommandResult> {
  const core = await openCore();
  terminal.print(`Removed ${name}. ${afterRemoval[removeModelFrom(core, name)]}`);
  return { data: { name } };
}
