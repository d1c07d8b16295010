import { invocation } from '../../core/invocation.ts';
import { resolveModel } from '../../core/models/resolve-model.ts';
import { quantizeModel } from '../../core/quantize/quantize-model.ts';
import { recipes } from '../../core/quantize/registry.ts';
import type { NodeReport, Quantization, RecipeId } from '../../shared/domain/quantization.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import type { CommandHost, CommandResult } from '../host.ts';
import type { QuantizeData } from '../output/documents.ts';
import { printFacts, type Fact } from '../output/facts.ts';
import type { Terminal } from '../output/terminal.ts';

export interface QuantizeOptions {
  to: RecipeId;
  output: string;
  exclude: readonly string[];
  block?: number;
  asymmetric?: true;
  accuracyLevel?: number;
  perTensor?: true;
  reduceRange?: true;
  floatOperator: readonly string[];
  dim: Record<string, number>;
}

/** Writes a variant of a model in a lower precision and says what became of its nodes. */
export async function quantize(
  { openCore, terminal, signal }: CommandHost,
  name: string,
  options: QuantizeOptions,
): Promise<CommandResult> {
  const core = await openCore();
  const onProgress = (what: string) => (share: number) => {
    if (share < 1) terminal.progress(`${name} · ${what} · ${formatQuantity(share, 'ratio').text}`);
  };
  const model = await resolveModel(name, core, { signal, onProgress: onProgress('preparing') });
  const defaults = Object.entries(model.reference?.defaultDims ?? {}).filter(([symbol]) => symbol !== 'batch');
  const quantization: QuantizeData = await quantizeModel(model.path, {
    recipe: options.to,
    parameters: toParameters(options),
    excluded: options.exclude,
    target: options.output,
    version: core.app.version,
    spawn: core.spawn,
    temporaryFolder: core.directory.temporary,
    dims: { ...Object.fromEntries(defaults), ...options.dim },
    signal,
    onProgress: onProgress(options.to),
  });
  terminal.endProgress();
  printQuantization(terminal, quantization);
  return { data: quantization };
}

/** What was given; the recipe refuses what it does not know. */
function toParameters(options: QuantizeOptions): Record<string, unknown> {
  return {
    ...(options.block === undefined ? {} : { blockSize: options.block }),
    ...(options.asymmetric === undefined ? {} : { symmetric: false }),
    ...(options.accuracyLevel === undefined ? {} : { accuracyLevel: options.accuracyLevel }),
    ...(options.perTensor === undefined ? {} : { perChannel: false }),
    ...(options.reduceRange === undefined ? {} : { reduceRange: true }),
    ...(options.floatOperator.length === 0 ? {} : { floatOperators: options.floatOperator }),
  };
}

function printQuantization(terminal: Terminal, quantization: Quantization): void {
  const { recipe, source, target, nodes, check, opsetUpgrade } = quantization;
  const changed = nodes.filter(({ outcome }) => outcome.kind === 'changed').length;
  const share = formatQuantity(target.sizeBytes / source.sizeBytes, 'ratio').text;
  terminal.print(`${terminal.paint('strong', target.path)}  ${terminal.paint('muted', recipes[recipe].name)}`);
  printFacts(terminal, 'Written', [
    [
      'size',
      `${formatQuantity(target.sizeBytes, 'B').text}, ${share} of ${formatQuantity(source.sizeBytes, 'B').text}` +
        (target.externalFile === null ? '' : `, weights in ${target.externalFile}`),
    ],
    ['SHA-256', target.sha256],
    ...upgradeFacts(opsetUpgrade),
    ['nodes', `${formatCount(changed)} changed`],
    ...leftFacts(nodes),
    ['check', describeCheck(check)],
  ]);
  terminal.print('', terminal.paint('muted', `$ ${invocation} run ${target.path}`));
}

function upgradeFacts(upgrade: Quantization['opsetUpgrade']): Fact[] {
  return upgrade === null ? [] : [['operator set', `converted from ${upgrade.from} to ${upgrade.to}`]];
}

function describeCheck(check: Quantization['check']): string {
  if (!check.ran) return `ONNX Runtime loads it. ${check.reason}`;
  return `ONNX Runtime loads and runs it${check.remark === null ? '' : `. ${check.remark}`}`;
}

/** Nodes that were left, those with the same reason in one line. */
function leftFacts(nodes: readonly NodeReport[]): Fact[] {
  const counts = new Map<string, number>();
  for (const { operator, outcome } of nodes) {
    if (outcome.kind === 'changed') continue;
    const line = `${operator}. ${outcome.message}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count], index): Fact => [index === 0 ? 'left' : '', `${formatCount(count)} ${line}`]);
}
