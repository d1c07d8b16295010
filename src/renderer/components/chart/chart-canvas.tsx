import type { Chart } from '../../../shared/charts/chart.ts';
import classes from './chart.module.css';
import { useECharts } from './use-echarts.ts';

interface ChartCanvasProps {
  chart: Chart;
  isLive: boolean;
}

/** The picture itself, loaded together with ECharts when the first one is shown. */
export default function ChartCanvas({ chart, isLive }: ChartCanvasProps) {
  const elementRef = useECharts(chart.option, isLive);
  return <div aria-label={chart.summary} className={classes.canvas} ref={elementRef} role="img" />;
}
