import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useId, useRef, useState, type CSSProperties, type KeyboardEvent } from 'react';
import { tableToCsv } from '../../../shared/charts/csv.ts';
import type { ServiceLevel } from '../../../shared/domain/plan.ts';
import type { CellRecord } from '../../../shared/domain/run.ts';
import type { HeatMap, HeatMapCell, MatrixMetric } from '../../../shared/matrix/heat-map.ts';
import type { MatrixDimension, MatrixPoint } from '../../../shared/matrix/points.ts';
import { saveText } from '../../components/chart/save-text.ts';
import { KindMark } from '../../components/kind-mark.tsx';
import { Whisker } from '../../components/reading-cell.tsx';
import { useFormat, type Format } from '../../components/use-format.ts';
import { dimensionNames, nameValue, severalOf } from './dimensions.ts';
import { describePoint, whyMissing } from './describe-point.ts';
import { heatMapTable } from './heat-map-table.ts';
import { levelWords } from './level-words.ts';
import classes from './matrix.module.css';
import { shortenVariants } from './name-point.ts';
import { nextPlace } from './next-place.ts';

interface HeatMapViewProps {
  map: HeatMap;
  cells: readonly CellRecord[];
  axes: { x: MatrixDimension; y: MatrixDimension };
  metric: MatrixMetric;
  percentile: number;
  level: ServiceLevel | null;
  sweetSpotId: string | null;
  pointedId: string | null;
  onPoint: (id: string | null) => void;
}

/**
 * Two dimensions of the matrix with a number in each place. It has one stop in the tab order; arrows, Home and End move
 * in it, Enter opens the result.
 */
export function HeatMapView(props: HeatMapViewProps) {
  const { map, axes, metric, percentile, level, sweetSpotId, pointedId, onPoint, cells } = props;
  const format = useFormat();
  const titleId = useId();
  const gridRef = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState({ row: 0, column: 0 });
  const what = metric === 'throughput' ? 'throughput' : `p${percentile} latency`;
  const title = `Which ${dimensionNames[axes.y].toLowerCase()} and ${dimensionNames[axes.x].toLowerCase()} for the best ${what}?`;
  const at = {
    row: Math.min(active.row, map.rows.length - 1),
    column: Math.min(active.column, map.xValues.length - 1),
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextPlace(event.key, at, { rows: map.rows.length, columns: map.xValues.length });
    if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setActive(next);
    gridRef.current?.querySelector<HTMLElement>(`[data-place="${next.row}-${next.column}"]`)?.focus();
  };
  const models = shortenVariants([...map.xValues, ...map.yValues].filter((value) => typeof value === 'string'));
  const readOut = map.rows.flat().find(({ shown }) => shown !== null && shown.id === (pointedId ?? sweetSpotId))?.shown;
  const table = heatMapTable(map, { ...axes, metric, percentile });
  return (
    <figure aria-labelledby={titleId} className={classes.map}>
      <div className={classes.mapHead}>
        <figcaption className={classes.question} id={titleId}>
          {title}
        </figcaption>
        <Button
          aria-label={`CSV: ${title}`}
          onClick={() => saveText('matrix.csv', 'text/csv;charset=utf-8', tableToCsv(table))}
          size="compact-xs"
          variant="subtle"
        >
          CSV
        </Button>
      </div>
      <p className={classes.unit}>
        {metric === 'throughput' ? 'Samples per second' : `p${percentile} latency`} <KindMark kind="measured" />
        {map.folded.length > 0 &&
          `, in each place the best of all ${map.folded.map((one) => severalOf[one]).join(' and ')}`}
      </p>
      {/* Its cells take the focus, one of them at a time. */}
      {/* eslint-disable-next-line jsx-a11y/interactive-supports-focus */}
      <div
        aria-labelledby={titleId}
        className={classes.grid}
        onKeyDown={onKeyDown}
        ref={gridRef}
        role="grid"
        style={{ '--columns': map.xValues.length } as CSSProperties}
      >
        <div className={classes.gridRow} role="row">
          <span className={classes.corner} role="columnheader">
            <span>{dimensionNames[axes.y]} ↓</span> <span>{dimensionNames[axes.x]} →</span>
          </span>
          {map.xValues.map((value) => (
            <span className={classes.across} key={String(value)} role="columnheader">
              {nameValue(axes.x, value, models)}
            </span>
          ))}
        </div>
        {map.rows.map((row, rowIndex) => (
          <div className={classes.gridRow} key={String(map.yValues[rowIndex])} role="row">
            <span className={classes.down} role="rowheader" title={nameValue(axes.y, map.yValues[rowIndex] ?? '')}>
              {nameValue(axes.y, map.yValues[rowIndex] ?? '', models)}
            </span>
            {row.map((cell, column) => (
              <Place
                cell={cell}
                cells={cells}
                isActive={at.row === rowIndex && at.column === column}
                isPointed={cell.shown !== null && cell.shown.id === pointedId}
                isSweetSpot={cell.shown !== null && cell.shown.id === sweetSpotId}
                key={String(cell.x)}
                line={map.line
                  .filter((edge) => edge.row === rowIndex && edge.column === column)
                  .map(({ side }) => side)
                  .join(' ')}
                metric={metric}
                onPoint={onPoint}
                place={`${rowIndex}-${column}`}
              />
            ))}
          </div>
        ))}
      </div>
      <p className={classes.readOut}>
        {readOut === undefined || readOut === null
          ? 'Point at a place to read it in full.'
          : describePoint(readOut, { format, percentile, cells })}
      </p>
      {level !== null && (
        <p className={classes.unit}>
          {map.line.length > 0
            ? `The line parts what keeps p${level.percentile} within ${format.quantity(level.latencyMs * 1e6, 'ns')} from what was not shown to, in grey.`
            : describeWithoutLine(map, level, format)}
        </p>
      )}
    </figure>
  );
}

function describeWithoutLine(map: HeatMap, level: ServiceLevel, format: Format): string {
  const shown = map.rows.flat().flatMap((cell) => cell.shown ?? []);
  const limit = `p${level.percentile} within ${format.quantity(level.latencyMs * 1e6, 'ns')}`;
  return shown.some((point) => point.level === 'keeps')
    ? `All that tell keep ${limit}.`
    : `None was shown to keep ${limit}.`;
}

interface PlaceProps extends Pick<HeatMapViewProps, 'metric' | 'onPoint' | 'cells'> {
  cell: HeatMapCell;
  place: string;
  /** Sides on which the line of the service level runs. */
  line: string;
  isActive: boolean;
  isPointed: boolean;
  isSweetSpot: boolean;
}

function Place({ cell, cells, place, line, metric, isActive, isPointed, isSweetSpot, onPoint }: PlaceProps) {
  const format = useFormat();
  const { shown, shade } = cell;
  const tabIndex = isActive ? 0 : -1;
  if (shown === null) {
    return (
      <span
        className={classes.place}
        data-line={line || undefined}
        data-place={place}
        role="gridcell"
        tabIndex={tabIndex}
      >
        <span className={classes.nothing}>not in the plan</span>
      </span>
    );
  }
  const reading = shown[metric];
  const style = shade === null ? undefined : ({ '--shade': shade } as CSSProperties);
  return (
    <span
      className={classes.place}
      data-hollow={shown.state === 'completed' && !shown.isValid ? true : undefined}
      data-level={shown.level ?? undefined}
      data-line={line || undefined}
      data-pointed={isPointed || undefined}
      data-shaded={shade === null ? undefined : true}
      data-spot={isSweetSpot || undefined}
      data-waiting={shown.state === 'pending' || shown.state === 'running' ? true : undefined}
      role="gridcell"
      style={style}
    >
      <Link
        className={classes.placeLink ?? ''}
        data-place={place}
        onBlur={() => onPoint(null)}
        onFocus={() => onPoint(shown.id)}
        onMouseEnter={() => onPoint(shown.id)}
        onMouseLeave={() => onPoint(null)}
        params={{ cellId: shown.id }}
        tabIndex={tabIndex}
        to="/measure/results/$cellId"
      >
        {reading === null || shown.state !== 'completed' ? (
          <span className={classes.word}>{whyMissing(shown, cells, format).word}</span>
        ) : (
          <PlaceValue metric={metric} point={shown} />
        )}
        {isSweetSpot && <span className={classes.unseen}> sweet spot</span>}
        {shown.level !== null && <span className={classes.unseen}> {levelWords[shown.level]}</span>}
      </Link>
    </span>
  );
}

function PlaceValue({ point, metric }: { point: MatrixPoint; metric: MatrixMetric }) {
  const format = useFormat();
  const reading = point[metric];
  if (reading === null) return null;
  const { value, unit, interval } = reading;
  const { low = null, high = null } = interval ?? {};
  const uncertainty = [low, high].flatMap((bound) => (bound === null ? [] : [Math.abs(bound - value)]));
  const {
    whole,
    fraction,
    unit: symbol,
  } = format.parts(value, unit, uncertainty.length === 0 ? null : Math.max(...uncertainty));
  return (
    <>
      <span className={classes.value}>
        {whole}
        {fraction}
        {symbol !== 'samples/s' && <span className={classes.symbol}> {symbol}</span>}
      </span>
      {low !== null && high !== null && <Whisker high={high} low={low} value={value} />}
      {!point.isValid && <span className={classes.unseen}> invalid</span>}
    </>
  );
}
