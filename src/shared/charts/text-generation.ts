import type { Validity } from '../domain/measurement.ts';
import { formatQuantity } from '../units.ts';
import { timeUnitFor, type AxisUnit } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { toCells, toColumns, type Estimate } from './estimate.ts';
import { frameOption } from './frame.ts';
import { linePanels, unitOf, type LinePanel } from './line-panels.ts';

/** How text was generated after prompts of one length. */
export interface GenerationPoint {
  promptTokens: number;
  /** Median times, ns. */
  firstTokenNs: Estimate | null;
  interTokenNs: Estimate | null;
  /** Tokens per second. */
  prefillPerS: Estimate | null;
  decodePerS: Estimate | null;
  verdict: Validity['verdict'];
}

type Read = (point: GenerationPoint) => Estimate | null;

const lengths = { quantity: 'Tokens in the prompt', unit: null, scale: 'log' } as const;

/** Median time to the first token, and between those after it, against the length of the prompt. */
export function tokenTimes(points: readonly GenerationPoint[], style: ChartStyle): Chart {
  return drawPair(
    'How long until the first token, and from one token to the next?',
    points,
    [
      { quantity: 'Time to first token, median', read: ({ firstTokenNs }) => firstTokenNs, unitFor: timeUnitFor },
      { quantity: 'Inter-token latency, median', read: ({ interTokenNs }) => interTokenNs, unitFor: timeUnitFor },
    ],
    (value) => formatQuantity(value, 'ns', style).text,
    style,
  );
}

/** Tokens per second while the prompt is read and while text is generated, against the length of the prompt. */
export function tokenRates(points: readonly GenerationPoint[], style: ChartStyle): Chart {
  const number = new Intl.NumberFormat(style.locale, { maximumSignificantDigits: 3 });
  return drawPair(
    'How many tokens per second are read, and how many generated?',
    points,
    [
      { quantity: 'Prefill', read: ({ prefillPerS }) => prefillPerS, unitFor: tokensPerS },
      { quantity: 'Decode', read: ({ decodePerS }) => decodePerS, unitFor: tokensPerS },
    ],
    (value) => `${number.format(value)} tokens/s`,
    style,
  );
}

const tokensPerS = (): AxisUnit => ({ symbol: 'tokens/s', factor: 1 });

interface Quantity {
  quantity: string;
  read: Read;
  unitFor: LinePanel['unitFor'];
}

function drawPair(
  question: string,
  points: readonly GenerationPoint[],
  quantities: readonly Quantity[],
  toText: (value: number) => string,
  style: ChartStyle,
): Chart {
  const sorted = [...points].sort((one, other) => one.promptTokens - other.promptTokens);
  const panels = quantities.map(({ quantity, read, unitFor }): LinePanel => ({
    quantity,
    unitFor,
    curves: [
      {
        label: '',
        points: sorted.map((point) => ({
          x: point.promptTokens,
          estimate: read(point),
          hollow: point.verdict === 'INVALID',
        })),
      },
    ],
  }));
  const units = panels.map(unitOf);
  const table: ChartTable = {
    columns: [
      { label: 'Tokens in the prompt', unit: null },
      ...quantities.flatMap(({ quantity }, index) => toColumns(quantity, units[index]!.symbol)),
      { label: 'Verdict', unit: null },
    ],
    rows: sorted.map((point) => [
      point.promptTokens,
      ...quantities.flatMap(({ read }, index) => toCells(read(point), units[index]!.factor)),
      point.verdict,
    ]),
  };
  const sentences = quantities.flatMap(({ quantity, read }) => {
    const known = sorted.flatMap((point) => {
      const value = read(point)?.value;
      return value === undefined ? [] : [`${toText(value)} after ${point.promptTokens} tokens`];
    });
    return known.length === 0 ? [] : [`${quantity}: ${known.join(', ')}.`];
  });
  const summary = sentences.length === 0 ? 'No texts were generated.' : sentences.join(' ');
  const option = linePanels({ panels, axis: lengths, table, toRow: (_panel, _curve, point) => point }, style);
  return { question, summary, option: frameOption(summary, style, option), table };
}
