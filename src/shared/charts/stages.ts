import type { CustomSeriesOption, EChartsOption } from 'echarts';
import type { Stages } from '../domain/measurement.ts';
import { formatCount, formatQuantity } from '../units.ts';
import { inUnit, numberAxis, timeUnitFor } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { frameOption, plotArea, rowsSeriesId, rowTooltip, textWidthPx } from './frame.ts';
import { largestOf, medianOf, smallestOf } from './numbers.ts';
import { chartColors, chartFont, seriesMark } from './theme.ts';

/** The stages before the measured part, and the measured part itself. */
export interface StageTimes extends Stages {
  measured: { queries: number; durationNs: number };
}

/** How long each stage of a measurement took, as bars on a log axis: they differ by powers of ten. */
export function stageTimes(data: StageTimes, style: ChartStyle): Chart {
  const { warmUp, measured } = data;
  const stages: Stage[] = [
    { name: 'Session creation', durationNs: data.sessionCreationNs, remark: '' },
    { name: 'First inference', durationNs: data.firstInferenceNs, remark: '' },
    {
      name: 'Warm-up',
      durationNs: warmUp.durationNs,
      remark: `${count(warmUp.runs, 'run', 'runs', style)}${warmUp.steady ? '' : ', not steady'}`,
    },
    {
      name: 'Measured',
      durationNs: measured.durationNs,
      remark: count(measured.queries, 'query', 'queries', style),
    },
  ];
  const drawn = stages.map(({ durationNs }) => durationNs).filter((durationNs) => durationNs > 0);
  const unit = timeUnitFor(medianOf(drawn));
  // A log axis has no zero: bars begin below the shortest.
  const [smallest = 1, largest = 1] = drawn.length === 0 ? [] : inUnit([smallestOf(drawn) / 2, largestOf(drawn)], unit);
  const durations = inUnit(
    stages.map(({ durationNs }) => durationNs),
    unit,
  );
  const texts = stages.map(({ durationNs, remark }) =>
    [durationNs > 0 ? formatQuantity(durationNs, 'ns', style).text : 'none', remark].filter(Boolean).join(', '),
  );
  const table: ChartTable = {
    columns: [
      { label: 'Stage', unit: null },
      { label: 'Duration', unit: unit.symbol },
      { label: 'Remark', unit: null },
    ],
    rows: stages.map(({ name, remark }, index) => [name, durations[index]!, remark || null]),
  };
  const summary = stages.map(({ name }, index) => `${name}: ${texts[index]!}.`).join(' ');
  const colors = chartColors[style.colorScheme];
  const axis = numberAxis(
    { direction: 'horizontal', quantity: 'Duration', unit: unit.symbol, smallest, largest, scale: 'log' },
    style,
  );
  // A label takes the room that its bar leaves; only what is longer needs room beside the plot.
  const [from, to] = [Math.log(axis.min), Math.log(axis.max ?? axis.min)];
  const roomPx = Math.max(
    12,
    ...texts.map((text, index) => {
      const share = (Math.log(Math.max(durations[index]!, axis.min)) - from) / (to - from);
      return gapPx + textWidthPx(text) - (1 - share) * narrowestPlotPx;
    }),
  );
  const option: EChartsOption = {
    grid: plotArea(roomPx),
    xAxis: axis,
    yAxis: {
      type: 'category',
      inverse: true,
      data: stages.map(({ name }) => name),
      axisLine: { show: true, lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      axisLabel: { color: colors.text, interval: 0 },
    },
    tooltip: rowTooltip(table, style, 'item'),
    series: [bars(durations, texts, axis.min, style)],
  };
  return { question: 'How long does each stage take?', summary, option: frameOption(summary, style, option), table };
}

interface Stage {
  name: string;
  durationNs: number;
  remark: string;
}

const barHeightPx = 14;
const gapPx = 8;
const narrowestPlotPx = 220;

/** Bars from the beginning of the axis. What took no time has no place on a log axis, only its word. */
function bars(
  durations: readonly number[],
  texts: readonly string[],
  beginning: number,
  style: ChartStyle,
): CustomSeriesOption {
  const colors = chartColors[style.colorScheme];
  return {
    id: rowsSeriesId,
    type: 'custom',
    dimensions: ['duration', 'stage'],
    encode: { x: 'duration', y: 'stage' },
    data: durations.map((duration, index) => [Math.max(duration, beginning), index]),
    renderItem: ({ dataIndex }, api) => {
      const [left = 0, middle = 0] = api.coord([beginning, dataIndex]);
      const [right = 0] = api.coord([Math.max(durations[dataIndex]!, beginning), dataIndex]);
      return {
        type: 'group',
        children: [
          {
            type: 'rect',
            shape: { x: left, y: middle - barHeightPx / 2, width: right - left, height: barHeightPx },
            style: { fill: seriesMark(0, style.colorScheme).color },
          },
          {
            type: 'text',
            style: {
              text: texts[dataIndex]!,
              x: right + gapPx,
              y: middle,
              textVerticalAlign: 'middle',
              fill: colors.text,
              fontSize: chartFont.sizePx,
              fontFamily: chartFont.family,
              stroke: colors.background,
              lineWidth: 3,
            },
          },
        ],
      };
    },
  };
}

function count(number: number, one: string, several: string, style: ChartStyle): string {
  return `${formatCount(number, style)} ${number === 1 ? one : several}`;
}
