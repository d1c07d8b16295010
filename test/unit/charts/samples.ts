import { toChartSeries } from '../../../src/core/report/chart-series.ts';
import type { ChartStyle } from '../../../src/shared/charts/chart.ts';
import type { MarkedPercentile } from '../../../src/shared/charts/distribution.ts';

export const style: ChartStyle = { colorScheme: 'light', locale: 'en-US' };

/** Samples as the host answers them: about `baseNs`, every 50th query `tail` times as long. */
export function sampleChart(n: number, baseNs: number, tail: number, points = 1_000) {
  const issuedNs = new Float64Array(n);
  const completedNs = new Float64Array(n);
  let at = 0;
  for (let index = 0; index < n; index++) {
    const wave = 1 + 0.05 * Math.sin(index * 1.7) + 0.02 * Math.cos(index * 0.31);
    const latency = Math.round(baseNs * wave * (index % 50 === 49 ? tail : 1));
    issuedNs[index] = at;
    completedNs[index] = at + latency;
    at += latency + 20_000;
  }
  return toChartSeries({ scheduledNs: null, issuedNs, completedNs }, points);
}

export function percentile(of: number, latencyNs: number, uncertaintyNs: number): MarkedPercentile {
  return { percentile: of, latencyNs, lowNs: latencyNs - uncertaintyNs, highNs: latencyNs + uncertaintyNs };
}
