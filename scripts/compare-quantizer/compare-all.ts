import type { Core } from '../../src/core/create-core.ts';
import { exportedCases, quantizerCases, type QuantizerCase } from './cases.ts';
import { compareModel, type CaseResult } from './compare-model.ts';
import { comparedReferenceModels, exportModels, findComparedModel, type ComparedModel } from './models.ts';

export interface CompareAllOptions {
  core: Core;
  interpreter: string;
  /** Reference models by id and files by path; empty: the usual reference models and what PyTorch's exporters write. */
  names: readonly string[];
  /** Where models of PyTorch are written, or found from before. */
  exportedFolder: string;
  /** Empty folder for what is written meanwhile. */
  folder: string;
  say: (line: string) => void;
}

/** Compares both quantizers on one model after another, and hands over what was found for each. */
export async function* compareAll(options: CompareAllOptions): AsyncGenerator<CaseResult[]> {
  const { core, interpreter, folder } = options;
  for await (const { model, cases } of modelsOf(options)) {
    options.say(`${model.name}, ${(model.sizeBytes / 1e6).toFixed(0)} MB`);
    yield await compareModel(model, cases, { interpreter, folder, spawn: core.spawn });
  }
}

async function* modelsOf({
  core,
  interpreter,
  names,
  exportedFolder,
  say,
}: CompareAllOptions): AsyncGenerator<{ model: ComparedModel; cases: readonly QuantizerCase[] }> {
  for (const name of names.length === 0 ? comparedReferenceModels : names)
    yield { model: await findComparedModel(name, core), cases: quantizerCases };
  if (names.length > 0) return;
  const exported = await exportModels(interpreter, exportedFolder);
  if ('reason' in exported) {
    say(exported.reason);
    return;
  }
  for (const line of exported.refused) say(`not exported: ${line}`);
  for (const model of exported.models) {
    yield { model, cases: exportedCases[model.name.endsWith('traced') ? 'traced' : 'dynamo'] };
  }
}

/** What speaks against the claim that both write the same; empty where nothing does. */
export function objections({ tensors, failedHere, failedPython }: CaseResult): string[] {
  const nothing = failedHere?.code === 'MODEL_NOTHING_TO_QUANTIZE';
  return [
    ...(failedHere !== null && failedPython === null && !nothing ? [`failed here: ${failedHere.message}`] : []),
    ...(tensors === null ? [] : tensors.different.map((use) => `differs: ${use}`)),
    ...(tensors === null ? [] : tensors.onlyPython.map((use) => `only in Python's: ${use}`)),
  ];
}

/** One line for people: how much was compared, how much differs, and what only one of the tools did. */
export function describeCase({ tensors, failedHere, failedPython, helpForPython }: CaseResult): string {
  const failures = [
    ...(failedHere === null ? [] : [`here: ${failedHere.message}`]),
    ...(failedPython === null ? [] : [`Python: ${failedPython}`]),
  ];
  if (tensors === null) return failures.join('; ');
  const count = ({ compared, different }: { compared: number; different: number }): string =>
    `${compared.toLocaleString('en')}${different === 0 ? '' : ` (${different.toLocaleString('en')} differ)`}`;
  return [
    `${count(tensors.weights)} weights`,
    `${count(tensors.scales)} scales`,
    `${count(tensors.zeroPoints)} zero points`,
    ...(tensors.different.length === 0 ? ['none differs'] : []),
    ...(tensors.onlyHere.length === 0 ? [] : [`only here: ${uses(tensors.onlyHere)}`]),
    ...(tensors.onlyPython.length === 0 ? [] : [`only in Python's: ${uses(tensors.onlyPython)}`]),
    ...(tensors.coarseBiases.length === 0
      ? []
      : [`int32 here for ${tensors.coarseBiases.length} biases that Python has in uint8`]),
    ...(tensors.floatUses.length === 0 ? [] : [`float here for ${tensors.floatUses.length} float operators`]),
    ...(tensors.maskUses.length === 0 ? [] : [`float here for ${tensors.maskUses.length} tensors beside masks`]),
    ...(helpForPython === null ? [] : [`Python only ${helpForPython}`]),
  ].join(', ');
}

function uses(names: readonly string[]): string {
  const tensors = [...new Set(names.map((name) => name.replace(/, \w+$/, '')))];
  return `${tensors.length} (${tensors[0] ?? ''}${tensors.length > 1 ? ', ...' : ''})`;
}
