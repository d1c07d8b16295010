import { invocation } from '../../core/invocation.ts';
import { recipes } from '../../core/quantize/registry.ts';
import type { NodeReport, Quantization } from '../../shared/domain/quantization.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import { printFacts, type Fact } from './facts.ts';
import type { Terminal } from './terminal.ts';

/** Prints what was written. `data` describes the calibration data; null where there was none of the user's. */
export function printQuantization(terminal: Terminal, quantization: Quantization, data: string | null): void {
  const { recipe, source, target, nodes, check, opsetUpgrade, calibration } = quantization;
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
    ...calibrationFacts(calibration, data),
    ['nodes', `${formatCount(changed)} changed`],
    ...leftFacts(nodes),
    ['check', describeCheck(check)],
  ]);
  terminal.print('', terminal.paint('muted', `$ ${invocation} run ${target.path}`));
}

function upgradeFacts(upgrade: Quantization['opsetUpgrade']): Fact[] {
  return upgrade === null ? [] : [['operator set', `converted from ${upgrade.from} to ${upgrade.to}`]];
}

function calibrationFacts(calibration: Quantization['calibration'], data: string | null): Fact[] {
  if (calibration === null) return [];
  const { method, samples, sha256, remarks } = calibration;
  const isVoid = calibration.source === 'generated';
  const what = data ?? `${formatCount(samples)} ${isVoid ? 'generated inputs' : 'samples'}`;
  return [
    ['calibration', `${what}, ${method}, SHA-256 ${sha256.slice(0, 12)}…`],
    ...(isVoid
      ? [['quality', { text: 'void: speed only, because inputs were generated', style: 'caution' }] as const]
      : []),
    ...remarks.map((remark): Fact => ['', remark]),
  ];
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
