import { Button, useComputedColorScheme } from '@mantine/core';
import { lazy, Suspense, useId, useState } from 'react';
import type { Chart, ChartStyle } from '../../../shared/charts/chart.ts';
import { tableToCsv } from '../../../shared/charts/csv.ts';
import { useFormat } from '../use-format.ts';
import { ChartNumbers } from './chart-numbers.tsx';
import classes from './chart.module.css';
import { saveText } from './save-text.ts';
import type { ChartMark } from './use-echarts.ts';

const ChartCanvas = lazy(() => import('./chart-canvas.tsx').catch(() => ({ default: ChartUnavailable })));

interface ChartFigureProps {
  /** A builder of src/shared/charts with its data, e.g. `(style) => latencyOverTime(data, style)`. */
  draw: (style: ChartStyle) => Chart;
  /** Of the CSV file, without its extension. */
  fileName: string;
  /** Kept while the picture loads and while the table is shown, so that nothing below moves. */
  heightPx?: number;
  /** The picture is drawn again while it is looked at. */
  isLive?: boolean;
  /** Told which mark of the picture is pointed at; null: none any more. */
  onPoint?: (mark: ChartMark | null) => void;
  /** Told which mark was chosen. */
  onOpen?: (mark: ChartMark) => void;
}

/** A chart under the question that it answers, with its numbers as a table and as a file. */
export function ChartFigure(props: ChartFigureProps) {
  const { draw, fileName, heightPx = 280, isLive = false, onPoint, onOpen } = props;
  const { locale } = useFormat();
  const colorScheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const [showsTable, setShowsTable] = useState(false);
  const captionId = useId();
  const chart = draw({ colorScheme, locale });
  const { question, table } = chart;
  const saveCsv = () => saveText(`${fileName}.csv`, 'text/csv;charset=utf-8', tableToCsv(table));
  return (
    <figure aria-labelledby={captionId} className={classes.figure}>
      <div className={classes.head}>
        <figcaption className={classes.question} id={captionId}>
          {question}
        </figcaption>
        <div className={classes.actions}>
          <Button
            aria-label={`Table: ${question}`}
            aria-pressed={showsTable}
            onClick={() => setShowsTable((shown) => !shown)}
            size="compact-xs"
            variant={showsTable ? 'light' : 'subtle'}
          >
            Table
          </Button>
          <Button
            aria-label={`CSV: ${question}`}
            disabled={table.rows.length === 0}
            onClick={saveCsv}
            size="compact-xs"
            variant="subtle"
          >
            CSV
          </Button>
        </div>
      </div>
      <div className={classes.body} style={{ height: heightPx }}>
        {showsTable ? (
          <ChartNumbers labelledBy={captionId} locale={locale} table={table} />
        ) : (
          <Suspense fallback={<div aria-busy="true" className={classes.canvas} />}>
            <ChartCanvas chart={chart} isLive={isLive} onOpen={onOpen} onPoint={onPoint} />
          </Suspense>
        )}
      </div>
    </figure>
  );
}

function ChartUnavailable() {
  return (
    <p className={classes.unavailable} role="alert">
      The picture could not be loaded from the host. Reload the page, or open the table, which has the same numbers.
    </p>
  );
}
