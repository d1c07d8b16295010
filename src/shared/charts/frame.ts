import type { EChartsOption, TooltipComponentOption } from 'echarts';
import type { ChartCell, ChartColumn, ChartStyle, ChartTable } from './chart.ts';
import { chartColors, chartFont } from './theme.ts';

/** The series whose points are the rows of the table, in their order: the tooltip of a point is its row. */
export const rowsSeriesId = 'rows';

/**
 * An option with what every picture has: no animation, because nothing may move while a measurement runs and a picture
 * is the same on screen and on paper; a description for screen readers; the font.
 */
export function frameOption(summary: string, style: ChartStyle, parts: EChartsOption): EChartsOption {
  const colors = chartColors[style.colorScheme];
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: chartFont.family, fontSize: chartFont.sizePx, color: colors.text },
    aria: { enabled: true, label: { description: summary } },
    ...parts,
  };
}

/** The plot with its axes and their names fills the figure; `rightPx` is for what is written beside it. */
export function plotArea(rightPx = 12) {
  return {
    left: 2,
    right: rightPx,
    top: 6,
    bottom: 2,
    outerBoundsMode: 'same',
    outerBoundsContain: 'all',
  } as const;
}

/** Mean width of a character over the font size; generous, since the font that is really there may differ. */
const characterWidth = 0.58;

/** About how wide a text is drawn, px. */
export function textWidthPx(text: string): number {
  return Math.ceil(text.length * chartFont.sizePx * characterWidth);
}

/** One row of a table as lines of text, e.g. "Median 1.204 ms". */
function describeRow(table: ChartTable, row: number, style: ChartStyle): string {
  const cells = table.rows[row] ?? [];
  return table.columns
    .flatMap((column, index) => {
      const cell = cells[index] ?? null;
      return cell === null ? [] : [`${column.label}  ${formatCell(cell, column, style)}`];
    })
    .join('\n');
}

function formatCell(cell: ChartCell, { unit }: ChartColumn, { locale }: ChartStyle): string {
  if (typeof cell !== 'number') return cell ?? '';
  const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: 5 }).format(cell);
  return unit === null ? number : `${number} ${unit}`;
}

/**
 * A tooltip with the row of the table under the pointer. It is drawn as text on the canvas: as HTML it would need
 * inline styles, which the policy of the page refuses. `toRow` finds the row of a series other than `rowsSeriesId`.
 */
export function rowTooltip(
  table: ChartTable,
  style: ChartStyle,
  trigger: 'axis' | 'item',
  toRow: (seriesId: string, dataIndex: number) => number | null = (id, index) => (id === rowsSeriesId ? index : null),
): TooltipComponentOption {
  const colors = chartColors[style.colorScheme];
  return {
    trigger,
    renderMode: 'richText',
    backgroundColor: colors.background,
    borderColor: colors.axis,
    borderWidth: 1,
    padding: [6, 8],
    transitionDuration: 0,
    shadowBlur: 0,
    shadowColor: 'transparent',
    confine: true,
    textStyle: { color: colors.text },
    axisPointer: { type: 'line', animation: false, lineStyle: { color: colors.axis, type: 'solid', width: 1 } },
    formatter: (params: unknown) => {
      for (const one of Array.isArray(params) ? (params as unknown[]) : [params]) {
        const { seriesId, dataIndex } = one as { seriesId?: string; dataIndex?: number };
        if (seriesId === undefined || dataIndex === undefined) continue;
        const row = toRow(seriesId, dataIndex);
        if (row !== null) return describeRow(table, row, style);
      }
      return '';
    },
  };
}
