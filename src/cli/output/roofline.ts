import type { Observed, Reading } from '../../shared/domain/provenance.ts';
import { disturbedPeaksWords, isShareMeaningless } from '../../shared/disturbed-peaks.ts';
import type { MachinePeaks, PeakPrecision, Roofline } from '../../shared/domain/roofline.ts';
import { formatMissing, formatQuantity, kindShapes } from '../../shared/units.ts';
import { joinSentences, printFacts, type Fact } from './facts.ts';
import type { Terminal } from './terminal.ts';

const precisionNames: Readonly<Record<PeakPrecision, string>> = { float32: 'FP32', float16: 'FP16', int8: 'INT8' };

/** How near a model comes to what the machine was seen to do. */
export function printRoofline(terminal: Terminal, roofline: Observed<Roofline>): void {
  if (roofline.status === 'absent') {
    printFacts(terminal, 'Roofline', [['peaks', formatMissing(joinSentences(roofline.reason, roofline.remedy))]]);
    return;
  }
  printFacts(terminal, 'Roofline', listFacts(roofline.value));
}

function listFacts({
  precision,
  flops,
  traffic,
  flopsPerByte,
  achieved,
  peakShare,
  attainable,
  classes,
  peaks,
  uncounted,
}: Roofline): Fact[] {
  const name = precisionNames[precision];
  const missing = Object.entries(uncounted).map(([operator, count]) => `${count} × ${operator}`);
  return [
    [
      'work',
      `${quantity(flops, 'FLOP')}, ${quantity(traffic.compulsoryBytes, 'B')} across memory at least, ${flopsPerByte.toPrecision(3)} FLOP for each byte`,
    ],
    ['achieved', `${text(achieved)}, ${describeShare(peakShare, `of the ${name} peak`, peaks)}`],
    ...(attainable.status === 'absent'
      ? []
      : ([
          [
            'attainable',
            `${text(attainable.value.rate)}, limited by ${attainable.value.limit}; ${text(attainable.value.achievedShare)} of it was reached`,
          ],
        ] satisfies Fact[])),
    ...classes.map((one): Fact => [
      `${one.class} kernels`,
      `${text(one.achieved)}, ${describeShare(one.peakShare, 'of their peak', peaks)}`,
    ]),
    ['peaks', { text: describePeaks(peaks), style: 'muted' }],
    ...(missing.length === 0 ? [] : ([['not counted', { text: missing.join(', '), style: 'muted' }]] satisfies Fact[])),
  ];
}

function quantity(value: number, unit: Reading['unit']): string {
  return formatQuantity(value, unit).text;
}

function text({ value, unit }: Reading): string {
  return quantity(value, unit);
}

function describeShare(share: Observed<Reading>, of: string, peaks: MachinePeaks): string {
  if (share.status === 'absent') return `its peak is ${formatMissing(share.reason)}`;
  const doubt = isShareMeaningless(share.value, peaks) ? `; ${disturbedPeaksWords}` : '';
  return `${text(share.value)} ${of}${doubt}`;
}

function describePeaks({ products, float32OneThread, copy, threads }: MachinePeaks): string {
  const on = threads === 0 ? '' : ` on ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const found = [
    [`FP32${on}`, products.float32],
    ['FP32 on one thread', threads === 1 ? null : float32OneThread],
    ['FP16', products.float16],
    ['INT8', products.int8],
    ['copy', copy],
  ] as const;
  const parts = found.flatMap(([label, peak]) => (peak?.status === 'present' ? [`${label} ${text(peak.value)}`] : []));
  return `${kindShapes.measured} measured here: ${parts.join(' · ')}`;
}
