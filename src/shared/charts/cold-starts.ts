import type { CustomSeriesOption, EChartsOption } from 'echarts';
import type { Validity } from '../domain/measurement.ts';
import { formatQuantity } from '../units.ts';
import { numberAxis, timeUnitFor } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { frameOption, plotArea, rowTooltip, textWidthPx } from './frame.ts';
import { largestOf } from './numbers.ts';
import { chartColors, chartFont, seriesMark } from './theme.ts';

/** Where the time of a cold start goes, medians in ns. */
export interface ColdStartBar {
  /** What sets it apart, e.g. "resnet50 · cpu". */
  label: string;
  processStartNs: number;
  sessionCreationNs: number;
  firstInferenceNs: number;
  handOverNs: number;
  verdict: Validity['verdict'];
}

const stages = [
  { name: 'process start', read: ({ processStartNs }: ColdStartBar) => processStartNs },
  { name: 'session creation', read: ({ sessionCreationNs }: ColdStartBar) => sessionCreationNs },
  { name: 'first inference', read: ({ firstInferenceNs }: ColdStartBar) => firstInferenceNs },
  { name: 'hand-over', read: ({ handOverNs }: ColdStartBar) => handOverNs },
] as const;

/** The stages of cold starts end to end, a bar for each configuration. */
export function coldStarts(bars: readonly ColdStartBar[], style: ChartStyle): Chart {
  const totals = bars.map((bar) => stages.reduce((sum, { read }) => sum + read(bar), 0));
  const unit = timeUnitFor(largestOf(totals));
  const table: ChartTable = {
    columns: [
      { label: 'Configuration', unit: null },
      ...stages.map(({ name }) => ({ label: capitalize(name), unit: unit.symbol })),
      { label: 'Sum of medians', unit: unit.symbol },
      { label: 'Verdict', unit: null },
    ],
    rows: bars.map((bar, index) => [
      bar.label,
      ...stages.map(({ read }) => read(bar) / unit.factor),
      totals[index]! / unit.factor,
      bar.verdict,
    ]),
  };
  const colors = chartColors[style.colorScheme];
  const texts = totals.map((total) => formatQuantity(total, 'ns', style).text);
  const option: EChartsOption = {
    grid: { ...plotArea(16 + Math.max(0, ...texts.map(textWidthPx))), top: nameRowPx * nameRows },
    xAxis: numberAxis(
      {
        direction: 'horizontal',
        quantity: 'Median time since the process was asked for',
        unit: unit.symbol,
        smallest: 0,
        largest: largestOf(totals) / unit.factor,
      },
      style,
    ),
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ label }) => label),
      axisLine: { show: true, lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      axisLabel: { color: colors.text, interval: 0, width: 200, overflow: 'truncate' },
    },
    tooltip: rowTooltip(table, style, 'item', (id, index) => (id.startsWith('stage') ? index : null)),
    series: [
      ...stages.map(({ read }, stage) => ({
        id: `stage-${stage}`,
        type: 'bar' as const,
        stack: 'stages',
        barMaxWidth: 22,
        emphasis: { disabled: true },
        itemStyle: { color: seriesMark(stage, style.colorScheme).color },
        data: bars.map((bar) => {
          const value = read(bar) / unit.factor;
          if (bar.verdict !== 'INVALID') return { value };
          const { color } = seriesMark(stage, style.colorScheme);
          return { value, itemStyle: { color: colors.background, borderColor: color, borderWidth: 1.5 } };
        }),
        ...(stage === stages.length - 1
          ? {
              label: {
                show: true,
                position: 'right' as const,
                color: colors.text,
                fontSize: chartFont.sizePx,
                formatter: ({ dataIndex }: { dataIndex: number }) => texts[dataIndex] ?? '',
              },
            }
          : {}),
      })),
      ...(bars.length === 0 ? [] : [stageNames(bars[0]!, unit.factor, style)]),
    ],
  };
  const summary = summarize(bars, style);
  return {
    question: 'Where does the time until the first answer go?',
    summary,
    option: frameOption(summary, style, option),
    table,
  };
}

const nameRowPx = 18;
/** Names that find no room in the first row stand in the second. */
const nameRows = 2;
const nameGapPx = 14;

/** The name and time of each stage above the first bar, from where its segment begins. */
function stageNames(bar: ColdStartBar, factor: number, style: ChartStyle): CustomSeriesOption {
  const colors = chartColors[style.colorScheme];
  const begins = stages.map(
    (_, stage) => stages.slice(0, stage).reduce((sum, { read }) => sum + read(bar), 0) / factor,
  );
  return {
    id: 'names',
    type: 'custom',
    silent: true,
    clip: false,
    tooltip: { show: false },
    data: [[begins[0]!, 0]],
    renderItem: (params, api) => {
      const plot = params.coordSys as unknown as { x: number; y: number; width: number };
      const font = { fontSize: chartFont.sizePx, fontFamily: chartFont.family };
      const free = Array.from({ length: nameRows }, () => plot.x);
      const children = stages.map(({ name, read }, stage) => {
        const text = `${name} ${formatQuantity(read(bar), 'ns', style).text}`;
        const [begin = plot.x] = api.coord([begins[stage]!, 0]);
        const widthPx = textWidthPx(text) + glyphPx;
        const places = free.map((x) => Math.max(x, Math.min(begin, plot.x + plot.width - widthPx)));
        const fits = places.findIndex((x) => x + widthPx <= plot.x + plot.width);
        const row = fits < 0 ? places.indexOf(Math.min(...places)) : fits;
        const x = places[row]!;
        free[row] = x + widthPx + nameGapPx;
        const y = plot.y - nameRowPx * (nameRows - row) + nameRowPx / 2;
        return {
          type: 'group' as const,
          children: [
            {
              type: 'text' as const,
              style: {
                ...font,
                x,
                y,
                text: '■',
                fill: seriesMark(stage, style.colorScheme).color,
                textVerticalAlign: 'middle' as const,
              },
            },
            {
              type: 'text' as const,
              style: { ...font, x: x + glyphPx, y, text, fill: colors.text, textVerticalAlign: 'middle' as const },
            },
          ],
        };
      });
      return { type: 'group', children };
    },
  };
}

const glyphPx = 14;

function summarize(bars: readonly ColdStartBar[], style: ChartStyle): string {
  if (bars.length === 0) return 'No cold starts were measured.';
  return bars
    .map((bar) => {
      const parts = stages.map(({ name, read }) => `${name} ${formatQuantity(read(bar), 'ns', style).text}`);
      return `${bar.label}: ${parts.join(', ')}.`;
    })
    .join(' ');
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
