import type { EChartsOption } from 'echarts';
import { init, use as register, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, type RefObject } from 'react';
import { chartFont } from '../../../shared/charts/theme.ts';
import { echartsParts } from './echarts-parts.ts';

register([...echartsParts, CanvasRenderer]);

/**
 * Draws an option into the element of the ref, again whenever the option or the size of the element changes.
 * `isLive`: successive options have the same series and are merged, which costs less than starting over.
 */
export function useECharts(option: EChartsOption, isLive: boolean): RefObject<HTMLDivElement | null> {
  const elementRef = useRef<HTMLDivElement>(null);
  const chartRef = useRef<ECharts>(null);

  useEffect(() => {
    const element = elementRef.current;
    if (element === null) return;
    const chart = init(element, null, { renderer: 'canvas' });
    chartRef.current = chart;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      // A hidden element has no size; it is drawn when it is shown again.
      if (width === 0 || height === 0) return;
      if (width !== chart.getWidth() || height !== chart.getHeight()) chart.resize();
    });
    observer.observe(element);
    redrawWithFont(chart);
    return () => {
      observer.disconnect();
      chart.dispose();
      chartRef.current = null;
    };
  }, []);

  useEffect(() => {
    chartRef.current?.setOption(option, { notMerge: !isLive });
  }, [option, isLive]);

  return elementRef;
}

/** A canvas does not draw itself again when a font arrives after the first drawing. */
function redrawWithFont(chart: ECharts): void {
  const font = `${chartFont.sizePx}px ${chartFont.family}`;
  if (document.fonts.check(font)) return;
  const redraw = () => {
    if (!chart.isDisposed()) chart.resize();
  };
  // Without the font, the next one in the list stays.
  document.fonts.load(font).then(redraw, redraw);
}
