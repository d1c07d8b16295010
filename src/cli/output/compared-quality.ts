import { describeExcess } from '../../shared/comparison.ts';
import type { OutputAgreement, Quality } from '../../shared/domain/comparison.ts';
import { formatCount, formatQuantity } from '../../shared/units.ts';
import type { Cell } from './columns.ts';
import { describeReading, factRow } from './comparison-rows.ts';
import { readingRow } from './results.ts';

const shownOutputs = 3;

const sources: Readonly<Record<Quality['source'], string>> = {
  labelled: 'with labels',
  files: 'without labels, so that only agreement with the baseline is told',
  generated: 'generated, which say nothing about a task of yours',
};

/** Quality as a part of a sentence: accuracy where there are labels, else agreement with the baseline. */
export function describeQuality(quality: Quality | null): string[] {
  if (quality === null) return [];
  if (quality.voidReason !== null) return ['quality void'];
  if (quality.labelled !== null) {
    const { candidate, difference } = quality.labelled;
    const change = describeReading(difference).replace(' %', ' points');
    return [`accuracy ${describeReading(candidate)} (${difference.value > 0 ? '+' : ''}${change})`];
  }
  const scores = quality.outputs.find(({ top1 }) => top1 !== null);
  if (scores?.top1 != null) return [`top-1 agreement ${describeReading(scores.top1)}`];
  const [first] = quality.outputs;
  if (first === undefined) return [];
  if (describeExcess(first) !== null) return ['outputs off by more than they vary'];
  return first.sqnrDb === null ? [] : [`SQNR ${first.sqnrDb.toFixed(1)} dB`];
}

/** What is known of quality, the outputs one after the other; what is most often misread, the cosine, comes last. */
export function listQuality(quality: Quality | null): Cell[][] {
  if (quality === null) return [];
  const { source, samples, labelled, outputs, voidReason, remarks } = quality;
  const more = outputs.length - shownOutputs;
  return [
    ...(voidReason === null ? [] : [factRow('quality', `void: ${voidReason}`)]),
    ...(labelled === null
      ? []
      : [
          readingRow('accuracy, baseline', labelled.baseline),
          readingRow('accuracy, candidate', labelled.candidate),
          factRow('McNemar', `p ${labelled.mcNemarPValue.toPrecision(2)}`),
        ]),
    ...outputs.slice(0, shownOutputs).flatMap(listAgreement),
    ...(more > 0
      ? [factRow('agreement', `${formatCount(more)} more ${more === 1 ? 'output' : 'outputs'} by --json`)]
      : []),
    factRow('samples', `${formatCount(samples)}, ${sources[source]}`),
    ...remarks.map((remark) => factRow('remark', remark)),
  ];
}

function listAgreement(agreement: OutputAgreement): Cell[][] {
  const { output, top1, top5 } = agreement;
  return [
    ...(top1 === null ? [] : [readingRow(`top-1, ${output}`, top1)]),
    ...(top5 === null ? [] : [readingRow(`top-5, ${output}`, top5)]),
    factRow(`agreement, ${output}`, describeAgreement(agreement)),
  ];
}

function describeAgreement(agreement: OutputAgreement): string {
  const { centredRelativeError, sqnrDb, softmaxKl, maxError, cosine } = agreement;
  const excess = describeExcess(agreement);
  const relative =
    excess === null
      ? [
          centredRelativeError === null
            ? 'the output of the baseline never varies'
            : `centred relative error ${formatQuantity(centredRelativeError, 'ratio').text}`,
          ...(sqnrDb === null ? [] : [`SQNR ${sqnrDb.toFixed(1)} dB`]),
        ]
      : [`error ${excess} as large as the output varies`];
  return [
    ...relative,
    ...(softmaxKl === null ? [] : [`softmax KL ${toDigits(softmaxKl, 2)}`]),
    `largest error ${toDigits(maxError, 2)}`,
    ...(cosine === null ? [] : [`cosine ${toDigits(cosine, 6)}`]),
  ].join(', ');
}

/** A number that has no unit of the product's own, with so many digits that count. */
function toDigits(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}
