import { useState, type ReactNode } from 'react';
import { getRouteApi } from '@tanstack/react-router';
import { grades } from '../../../shared/domain/grades.ts';
import type { Plan, ServiceLevel } from '../../../shared/domain/plan.ts';
import type { CellRecord, RunRecord } from '../../../shared/domain/run.ts';
import { toHeatMap } from '../../../shared/matrix/heat-map.ts';
import { toMatrixPoints, valueOf, type MatrixDimension, type MatrixPoint } from '../../../shared/matrix/points.ts';
import { findSweetSpot } from '../../../shared/matrix/sweet-spot.ts';
import { readTuning } from '../../../shared/matrix/tuning.ts';
import { Page } from '../../components/page.tsx';
import { Answer } from './answer.tsx';
import { Controls } from './controls.tsx';
import { chooseAxes, varyingDimensions } from './dimensions.ts';
import { HeatMapView } from './heat-map-view.tsx';
import classes from './matrix.module.css';
import { PointTable } from './point-table.tsx';
import { parseMatrixSearch, type FixedDimensions, type MatrixSearch } from './search.ts';
import { TradeOffFigure } from './trade-off-figure.tsx';
import { TuningPanel } from './tuning-panel.tsx';

const route = getRouteApi('/measure/matrix');

interface MatrixViewProps {
  run: RunRecord;
  cells: readonly CellRecord[];
  actions: ReactNode;
}

/** A run of many configurations: which to choose, all of them as a map and as a curve, and each by itself. */
export function MatrixView({ run, cells, actions }: MatrixViewProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [pointedId, setPointedId] = useState<string | null>(null);
  const { plan } = run;
  const level = toLevel(search, plan);
  const points = toMatrixPoints(cells, level);
  const varying = varyingDimensions(points);
  const axes = chooseAxes(varying, search);
  const fixed = heldAt(search, varying, [axes.x, axes.y]);
  const shown = points.filter(({ config }) =>
    Object.entries(fixed).every(([dimension, value]) => valueOf(config, dimension as MatrixDimension) === value),
  );
  const sweetSpot = findSweetSpot(shown, level);
  const metric = search.metric ?? 'throughput';
  const map = toHeatMap(points, { ...axes, metric, fixed });
  const percentile = level?.percentile ?? 50;
  const tuning = readTuning(plan, cells);
  const change = (changes: Partial<Record<keyof MatrixSearch, unknown>>) =>
    void navigate({ search: (before) => parseMatrixSearch({ ...before, ...changes }), replace: true });
  // A search measures few configurations in full; a map of those would be a map of holes.
  const hasPicture = tuning === null || points.length >= fewestDrawn;
  const looked = { sweetSpotId: sweetSpot?.point.id ?? null, pointedId, onPoint: setPointedId };
  const open = (id: string) => void navigate({ to: '/measure/results/$cellId', params: { cellId: id } });
  return (
    <Page actions={actions} lead={describeProgress(points)} title="Matrix">
      {tuning !== null && <TuningPanel cells={cells} tuning={tuning} />}
      {tuning === null && (
        <Answer level={level ?? null} percentile={percentile} sweetSpot={sweetSpot} varying={varying} />
      )}
      {hasPicture && (
        <>
          <Controls
            axes={axes}
            fixed={fixed}
            level={level ?? null}
            metric={metric}
            onChange={change}
            points={points}
            varying={varying}
          />
          <div className={classes.sides}>
            <HeatMapView
              {...looked}
              axes={axes}
              cells={cells}
              level={level ?? null}
              map={map}
              metric={metric}
              percentile={percentile}
            />
            <TradeOffFigure
              {...looked}
              level={level ?? null}
              onOpen={open}
              percentile={percentile}
              points={shown}
              runId={run.id}
              varying={varying}
            />
          </div>
        </>
      )}
      <PointTable
        {...looked}
        cells={cells}
        hasLevel={level !== undefined}
        onOpen={open}
        percentile={percentile}
        points={shown}
      />
    </Page>
  );
}

/** The service level that the reader asks for, or that of the plan. */
function toLevel(
  { percentile, limitMs }: MatrixSearch,
  { serviceLevel: planned, grade }: Pick<Plan, 'serviceLevel' | 'grade'>,
): ServiceLevel | undefined {
  if (limitMs === 0) return undefined;
  const latencyMs = limitMs ?? planned?.latencyMs;
  if (latencyMs === undefined) return undefined;
  // What the grade does not report no result can be held against.
  const reported = grades[grade].percentiles.findLast((one) => one <= usualPercentile);
  return { latencyMs, percentile: percentile ?? planned?.percentile ?? reported ?? usualPercentile };
}

const usualPercentile = 99;
/** Configurations that a picture of a search takes. */
const fewestDrawn = 4;

/** What the reader holds a dimension at, as far as it is one that varies and is not drawn. */
function heldAt(
  search: MatrixSearch,
  varying: readonly MatrixDimension[],
  axes: readonly MatrixDimension[],
): FixedDimensions {
  const held = varying.flatMap((dimension) => {
    const value = search[dimension];
    return value === undefined || axes.includes(dimension) ? [] : [[dimension, value] as const];
  });
  return Object.fromEntries(held);
}

function describeProgress(points: readonly MatrixPoint[]): string {
  const valid = points.filter(({ isValid }) => isValid).length;
  const waiting = points.filter(({ state }) => state === 'pending' || state === 'running').length;
  const without = points.length - valid - waiting;
  return [
    `${points.length} configurations, ${valid} with a valid result`,
    ...(without > 0 ? [`${without} without`] : []),
    ...(waiting > 0 ? [`${waiting} still to be measured`] : []),
  ].join(', ');
}
