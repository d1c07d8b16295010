import type { FoundSensorInfo } from '../../shared/domain/telemetry.ts';
import { formatQuantity } from '../../shared/units.ts';
import { printColumns, type Cell } from './columns.ts';
import { joinSentences } from './facts.ts';
import { wrap, type Terminal } from './terminal.ts';

/** Every sensor with its source, then those that are missing, once for each reason. */
export function printSensors(terminal: Terminal, sensors: readonly FoundSensorInfo[]): void {
  const there = sensors.flatMap(({ label, unit, origin }): Cell[][] => {
    if (origin.status === 'absent') return [];
    const { source, reference } = origin.value;
    const judgedBy =
      reference === undefined ? '' : `, ${reference.meaning} ${formatQuantity(reference.value, unit).text}`;
    return [[{ text: label, style: 'muted' }, `${source}${judgedBy}`]];
  });
  const missing = new Map<string, string[]>();
  for (const { label, origin } of sensors) {
    if (origin.status === 'present') continue;
    const reason = joinSentences(origin.reason, origin.remedy);
    missing.set(reason, [...(missing.get(reason) ?? []), label]);
  }
  if (sensors.length === 0) return;
  terminal.print('', terminal.paint('strong', 'Sensors'), ...printColumns(terminal, [{}, {}], there));
  for (const [reason, labels] of missing) {
    const lines = wrap(`not available: ${labels.join(', ')}. ${toSentence(reason)}`, terminal.width - 2);
    terminal.print(...lines.map((line) => terminal.paint('muted', `  ${line}`)));
  }
}

function toSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
