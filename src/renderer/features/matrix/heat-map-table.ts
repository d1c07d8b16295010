import type { ChartTable } from '../../../shared/charts/chart.ts';
import type { HeatMap, MatrixMetric } from '../../../shared/matrix/heat-map.ts';
import type { MatrixDimension } from '../../../shared/matrix/points.ts';
import { dimensionNames, nameValue } from './dimensions.ts';

interface MapOptions {
  x: MatrixDimension;
  y: MatrixDimension;
  metric: MatrixMetric;
  percentile: number;
}

/** The numbers of a heat map, a row for each place. */
export function heatMapTable(map: HeatMap, { x, y, metric, percentile }: MapOptions): ChartTable {
  const unit = metric === 'throughput' ? { symbol: 'samples/s', factor: 1 } : { symbol: 'ms', factor: 1e6 };
  const label = metric === 'throughput' ? 'Throughput' : `p${percentile} latency`;
  const inUnit = (value: number | null | undefined) => (value == null ? null : value / unit.factor);
  return {
    columns: [
      { label: dimensionNames[y], unit: null },
      { label: dimensionNames[x], unit: null },
      { label, unit: unit.symbol },
      { label: `${label} from`, unit: unit.symbol },
      { label: `${label} to`, unit: unit.symbol },
      { label: 'State', unit: null },
      { label: 'Service level', unit: null },
    ],
    rows: map.rows.flat().map((cell) => {
      const reading = cell.shown?.[metric] ?? null;
      const state =
        cell.shown === null
          ? 'not in the plan'
          : cell.shown.isValid
            ? 'valid'
            : cell.shown.state === 'completed'
              ? 'invalid'
              : cell.shown.state;
      return [
        nameValue(y, cell.y),
        nameValue(x, cell.x),
        inUnit(reading?.value),
        inUnit(reading?.interval?.low),
        inUnit(reading?.interval?.high),
        state,
        cell.shown?.level ?? null,
      ];
    }),
  };
}
