import type { Chart } from '../../../shared/charts/chart.ts';
import classes from './chart.module.css';
import { useECharts, type ChartMarkHandlers } from './use-echarts.ts';

interface ChartCanvasProps extends ChartMarkHandlers {
  chart: Chart;
  isLive: boolean;
}

/** The picture itself, loaded together with ECharts when the first one is shown. */
export default function ChartCanvas({ chart, isLive, onPoint, onOpen }: ChartCanvasProps) {
  const elementRef = useECharts(chart.option, { isLive, onPoint, onOpen });
  return <div aria-label={chart.summary} className={classes.canvas} ref={elementRef} role="img" />;
}
