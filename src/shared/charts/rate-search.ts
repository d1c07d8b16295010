import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import type { ServiceLevel } from '../domain/plan.ts';
import type { RateSearch, RateStep } from '../domain/rate-search.ts';
import { formatQuantity } from '../units.ts';
import { linearTicks, numberAxis, scaleFor, timeUnitFor, type AxisScale } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { frameOption, plotArea, rowsSeriesId, rowTooltip } from './frame.ts';
import { labelRoomPx, levelLine, pointLabels, type PointLabel } from './labels.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import { ratioTicks } from './ratio-axis.ts';
import { chartColors, seriesMark } from './theme.ts';

/** Rates that were tried, and the limit that they are held against. */
export interface DrawnRateSearch extends Pick<RateSearch, 'steps' | 'highestConfirmedPerS' | 'lowestFailedPerS'> {
  /** False: the rates were given. */
  isSearch: boolean;
  /** null: nothing is held against anything. */
  serviceLevel: ServiceLevel | null;
  /** Whose latency is drawn. */
  percentile: number;
}

/** Latency at the percentile against the rate that was offered; the limit is a line, what says nothing is hollow. */
export function rateSearch(data: DrawnRateSearch, style: ChartStyle): Chart {
  const { steps, serviceLevel, percentile } = data;
  const limits = serviceLevel === null ? [] : [serviceLevel.latencyMs * 1e6];
  const known = steps.filter((step): step is KnownStep => step.latencyNs !== null);
  const latencies = known.map(({ latencyNs }) => latencyNs);
  const rates = steps.map(({ ratePerS }) => ratePerS);
  const [smallestNs, largestNs] = [smallestOf([...latencies, ...limits]), largestOf([...latencies, ...limits])];
  const scale = scaleFor(smallestNs, smallestNs, largestNs);
  const unit = timeUnitFor(scale === 'log' ? medianOf([...latencies, ...limits]) : largestNs);
  const table: ChartTable = {
    columns: [
      { label: 'Step', unit: null },
      { label: 'Offered rate', unit: '1/s' },
      { label: `p${percentile}`, unit: unit.symbol },
      { label: 'Purpose', unit: null },
      { label: 'Service level', unit: null },
    ],
    rows: steps.map(({ ratePerS, latencyNs, purpose, verdict }, index) => [
      index + 1,
      ratePerS,
      latencyNs === null ? null : latencyNs / unit.factor,
      data.isSearch ? (purpose === 'confirm' ? 'confirmation' : 'trial') : null,
      serviceLevel === null ? null : verdict,
    ]),
  };
  const horizontal = rateAxis(rates, data.isSearch, style);
  const vertical = { direction: 'vertical', quantity: `p${percentile} latency`, unit: unit.symbol } as const;
  const unearned = steps.filter(({ latencyNs }) => latencyNs === null);
  // Room above for rates without a latency.
  const largest = (largestNs / unit.factor) * (unearned.length > 0 ? 1.2 : 1);
  const ends = { smallest: smallestNs / unit.factor, largest, scale };
  const upright = verticalAxis(numberAxis({ ...vertical, ...ends }, style), ends);
  const top = upright.max ?? ends.largest;
  const labels = [
    ...toLabels(data, known, unit.factor, horizontal.max, style),
    ...unearned
      .toSorted((one, other) => one.ratePerS - other.ratePerS)
      .slice(-1)
      .map(({ ratePerS }) => ({ x: ratePerS, y: top, text: `p${percentile} not earned` })),
  ];
  const option: EChartsOption = {
    grid: plotArea(labelRoomPx(labels)),
    xAxis: horizontal,
    yAxis: upright,
    tooltip: rowTooltip(table, style, 'item', (id, index) => {
      const step = id === rowsSeriesId ? known[index] : id === unearnedId ? unearned[index] : undefined;
      return step === undefined ? null : steps.indexOf(step);
    }),
    series: [
      ...limits.map((limitNs) =>
        levelLine('limit', limitNs / unit.factor, horizontal.min, horizontal.max, {
          color: chartColors[style.colorScheme].text,
          type: 'dashed',
        }),
      ),
      ...(data.isSearch ? [] : [joinSteps(known, unit.factor, style)]),
      drawSteps(known, { factor: unit.factor, isSearch: data.isSearch }, style),
      drawUnearned(unearned, top, style),
      pointLabels('labels', labels, style),
    ],
  };
  const summary = summarize(data, style);
  return {
    question:
      serviceLevel === null
        ? 'What does a higher rate cost in latency?'
        : 'Up to which rate is the service level kept?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

const mostTicks = 8;

type KnownStep = RateStep & { latencyNs: number };

function rateAxis(rates: readonly number[], isSearch: boolean, style: ChartStyle) {
  const [smallest, largest] = rates.length === 0 ? [1, 10] : [smallestOf(rates), largestOf(rates)];
  const margin = smallest === largest ? 1.5 : (largest / smallest) ** 0.04;
  const axis = numberAxis(
    { direction: 'horizontal', quantity: 'Offered rate', unit: 'queries/s', smallest, largest, scale: 'log' },
    style,
  );
  const [min, max] = [smallest / margin, largest * margin];
  // Rates that were given are round; those of a search lie where they lie.
  const ticks = isSearch || rates.length > mostTicks ? ratioTicks(min, max) : [...rates];
  return {
    ...axis,
    min,
    max,
    axisTick: { show: false, customValues: ticks },
    axisLabel: { ...axis.axisLabel, customValues: ticks },
    splitLine: { show: false },
  };
}

function verticalAxis(
  axis: ReturnType<typeof numberAxis>,
  { largest, scale }: { largest: number; scale: AxisScale },
): ReturnType<typeof numberAxis> & { interval?: number } {
  if (scale === 'log') return axis;
  const { step, ticks } = linearTicks(largest);
  return { ...axis, interval: step, max: ticks.at(-1) ?? 1 };
}

/** Kept: a disc; missed: a diamond; what says nothing: a hollow ring. A confirmation is larger than a trial. */
function drawSteps(
  steps: readonly KnownStep[],
  { factor, isSearch }: { factor: number; isSearch: boolean },
  style: ChartStyle,
): ScatterSeriesOption {
  const { background, mutedText } = chartColors[style.colorScheme];
  const [kept, missed] = [seriesMark(0, style.colorScheme), seriesMark(1, style.colorScheme)];
  return {
    id: rowsSeriesId,
    type: 'scatter',
    emphasis: { disabled: true },
    data: steps.map(({ ratePerS, latencyNs, purpose, verdict }) => ({
      value: [ratePerS, latencyNs / factor],
      symbol: verdict === 'missed' ? 'diamond' : 'circle',
      symbolSize: purpose === 'confirm' && isSearch ? 13 : verdict === 'missed' ? 9 : 7,
      itemStyle:
        verdict === 'unclear'
          ? { color: background, borderColor: mutedText, borderWidth: 1.5 }
          : { color: verdict === 'kept' ? kept.color : missed.color },
    })),
  };
}

/** Rates that were given make a curve; those of a search come as they come. */
function joinSteps(steps: readonly KnownStep[], factor: number, style: ChartStyle): LineSeriesOption {
  return {
    id: 'joined',
    type: 'line',
    silent: true,
    symbol: 'none',
    tooltip: { show: false },
    lineStyle: { color: seriesMark(0, style.colorScheme).color, width: 1.5 },
    data: steps.map(({ ratePerS, latencyNs }) => [ratePerS, latencyNs / factor]),
  };
}

const unearnedId = 'unearned';

/** Rates without a latency stand at the upper edge: what they say is in the table. */
function drawUnearned(steps: readonly RateStep[], top: number, style: ChartStyle): ScatterSeriesOption {
  const { background, mutedText } = chartColors[style.colorScheme];
  const [kept, missed] = [seriesMark(0, style.colorScheme), seriesMark(1, style.colorScheme)];
  const colors = { kept: kept.color, missed: missed.color, unclear: mutedText };
  return {
    id: unearnedId,
    type: 'scatter',
    clip: false,
    emphasis: { disabled: true },
    data: steps.map(({ ratePerS, verdict }) => ({
      value: [ratePerS, top],
      symbol: 'triangle',
      symbolSize: 9,
      itemStyle: { color: background, borderColor: colors[verdict], borderWidth: 1.5 },
    })),
  };
}

function toLabels(
  { serviceLevel, highestConfirmedPerS, lowestFailedPerS }: DrawnRateSearch,
  steps: readonly KnownStep[],
  factor: number,
  rightEnd: number,
  style: ChartStyle,
): PointLabel[] {
  const limit =
    serviceLevel === null
      ? []
      : [
          {
            x: rightEnd,
            y: (serviceLevel.latencyMs * 1e6) / factor,
            text: `limit ${formatQuantity(serviceLevel.latencyMs * 1e6, 'ns', style).text}`,
          },
        ];
  const named = [
    { ratePerS: highestConfirmedPerS, verdict: 'kept', text: 'highest confirmed' },
    { ratePerS: lowestFailedPerS, verdict: 'missed', text: 'lowest failed' },
  ].flatMap(({ ratePerS, verdict, text }) => {
    const step = steps.findLast((one) => one.ratePerS === ratePerS && one.verdict === verdict);
    return step === undefined ? [] : [{ x: step.ratePerS, y: step.latencyNs / factor, text, radiusPx: 4 }];
  });
  return [...limit, ...named];
}

function summarize(data: DrawnRateSearch, style: ChartStyle): string {
  const { steps, isSearch, serviceLevel, percentile, highestConfirmedPerS, lowestFailedPerS } = data;
  const number = new Intl.NumberFormat(style.locale, { maximumSignificantDigits: 4 });
  const tried = `${steps.length} ${steps.length === 1 ? 'rate was' : 'rates were'} tried.`;
  const limit = serviceLevel === null ? '' : ` within ${number.format(serviceLevel.latencyMs)} ms`;
  if (steps.length === 0) return `No rate was tried for p${percentile}${limit}.`;
  if (!isSearch) {
    const latencies = steps.flatMap(({ ratePerS, latencyNs }) =>
      latencyNs === null
        ? []
        : [`${formatQuantity(latencyNs, 'ns', style).text} at ${number.format(ratePerS)} queries/s`],
    );
    return latencies.length === 0 ? tried : `p${percentile}: ${latencies.join(', ')}.`;
  }
  const confirmed =
    highestConfirmedPerS === null
      ? 'No rate is confirmed'
      : `${number.format(highestConfirmedPerS)} queries/s is confirmed`;
  const failed = lowestFailedPerS === null ? '.' : `, ${number.format(lowestFailedPerS)} queries/s failed.`;
  return `${confirmed} for p${percentile}${limit}${failed} ${tried}`;
}
