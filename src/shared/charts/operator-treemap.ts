import type { TreemapSeriesOption } from 'echarts';
import { joinShapes, shortOperator, shortProvider, describeShapes } from '../profile-operators.ts';
import type { ProfileOperator } from '../domain/profile.ts';
import { formatCount, formatQuantity } from '../units.ts';
import { timeUnitFor, type AxisUnit } from './axis.ts';
import type { Chart, ChartStyle, ChartTable } from './chart.ts';
import { blend } from './color.ts';
import { frameOption, rowTooltip } from './frame.ts';
import { largestOf } from './numbers.ts';
import { chartColors, seriesMark } from './theme.ts';

const seriesId = 'operators';
const headPx = 20;
/** A rectangle below this area is drawn without its text, px². */
const leastNamedPx = 300;

/**
 * Time by operator as areas: a frame for each kind of operator, and in it one rectangle for each shape. Kinds that run
 * on another provider, or else that compute on other types, have another colour.
 */
export function operatorTreemap(operators: readonly ProfileOperator[], style: ChartStyle): Chart {
  const kinds = joinShapes(operators);
  const colors = chartColors[style.colorScheme];
  const providers = [...new Set(kinds.map(({ provider }) => provider))];
  const classes = [...new Set(kinds.map((kind) => kind.class))];
  const toShare = (share: number): string => formatQuantity(share, 'ratio', { ...style, uncertainty: 0.01 }).text;
  const unit = timeUnitFor(largestOf(operators.map(({ timeNs }) => timeNs)));
  const table = toTable(
    kinds.flatMap(({ shapes }) => shapes),
    unit,
  );
  const series: TreemapSeriesOption = {
    id: seriesId,
    type: 'treemap',
    left: 0,
    right: 0,
    top: 0,
    bottom: 0,
    roam: false,
    nodeClick: false,
    breadcrumb: { show: false },
    visibleMin: 1,
    childrenVisibleMin: 1,
    cursor: 'pointer',
    emphasis: { disabled: true },
    label: {
      show: true,
      position: 'insideTopLeft',
      padding: [4, 4],
      color: colors.text,
      overflow: 'truncate',
      lineHeight: 15,
    },
    upperLabel: { show: true, height: headPx, color: colors.text, padding: [0, 4], overflow: 'truncate' },
    labelLayout: ({ rect }) => (rect.width * rect.height < leastNamedPx ? { fontSize: 0 } : {}),
    // The root, the kinds, the shapes.
    levels: [
      {
        itemStyle: { borderWidth: 0, gapWidth: 3, borderColor: 'transparent', color: 'transparent' },
        upperLabel: { show: false },
      },
      { itemStyle: { borderWidth: 1, gapWidth: 1, borderColor: colors.hairline } },
      { itemStyle: { borderWidth: 1, gapWidth: 0 } },
    ],
    data: kinds.map((kind) => {
      const { provider, class: computesOn } = kind;
      const tone = providers.length > 1 ? providers.indexOf(provider) : classes.indexOf(computesOn);
      const { color } = seriesMark(tone, style.colorScheme);
      const remark = providers.length > 1 ? shortProvider(provider) : classes.length > 1 ? computesOn : null;
      const parts = [shortOperator(kind.operator), remark, toShare(kind.share)];
      return {
        name: parts.filter((part) => part !== null).join(' · '),
        value: kind.timeNs,
        children: kind.shapes.map((shape) => ({
          name: `${describeShapes(shape)}\n${toShare(shape.share)}`,
          value: shape.timeNs,
          itemStyle: { color: blend(color, colors.background, fillCover), borderColor: color },
        })),
      };
    }),
  };
  const summary = summarize(kinds, toShare, style);
  return {
    question: 'Which operators take the time?',
    summary,
    option: frameOption(summary, style, {
      tooltip: rowTooltip(table, style, 'item', (id, index) => (id === seriesId ? toShapeRow(kinds, index) : null)),
      series: [series],
    }),
    table,
  };
}

/** Faint enough for the text of the theme on it. */
const fillCover = 0.28;

/**
 * The operator that a mark of the picture stands for: of a frame, the shape that takes most. Marks are counted as the
 * tree is drawn: the root, a kind, its shapes, the next kind.
 */
export function operatorAt(operators: readonly ProfileOperator[], markIndex: number): ProfileOperator | null {
  const kinds = joinShapes(operators);
  const row = toShapeRow(kinds, markIndex) ?? toShapeRow(kinds, markIndex + 1);
  return row === null ? null : (kinds.flatMap(({ shapes }) => shapes)[row] ?? null);
}

/** The row of a shape in the table; null: the mark is no shape. */
function toShapeRow(kinds: ReturnType<typeof joinShapes>, markIndex: number): number | null {
  let mark = 1;
  let row = 0;
  for (const { shapes } of kinds) {
    if (markIndex === mark) return null;
    if (markIndex <= mark + shapes.length) return markIndex < mark ? null : row + markIndex - mark - 1;
    mark += 1 + shapes.length;
    row += shapes.length;
  }
  return null;
}

function toTable(shapes: readonly ProfileOperator[], unit: AxisUnit): ChartTable {
  return {
    columns: [
      { label: 'Operator', unit: null },
      { label: 'First input → first output', unit: null },
      { label: 'Provider', unit: null },
      { label: 'Computes on', unit: null },
      { label: 'Share', unit: '%' },
      { label: 'Time with the profiler', unit: unit.symbol },
      { label: 'Nodes', unit: null },
    ],
    rows: shapes.map((shape) => [
      shortOperator(shape.operator),
      describeShapes(shape),
      shortProvider(shape.provider),
      shape.class,
      shape.share * 100,
      shape.timeNs / unit.factor,
      shape.nodes.length,
    ]),
  };
}

function summarize(
  kinds: ReturnType<typeof joinShapes>,
  toShare: (share: number) => string,
  style: ChartStyle,
): string {
  if (kinds.length === 0) return 'No node ran.';
  const most = kinds.slice(0, 3).map(({ operator, share }) => `${shortOperator(operator)} ${toShare(share)}`);
  const rest = kinds.length - most.length;
  return `Shares of the time: ${most.join(', ')}${rest > 0 ? `, and ${formatCount(rest, style)} more kinds of operators` : ''}.`;
}
