import type { EChartsOption } from 'echarts';
import { init, use as register, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, type RefObject } from 'react';
import { chartFont } from '../../../shared/charts/theme.ts';
import { echartsParts } from './echarts-parts.ts';

register([...echartsParts, CanvasRenderer]);

/** One mark of a picture, such as a point of a line. */
export interface ChartMark {
  seriesId: string;
  index: number;
}

export interface ChartMarkHandlers {
  /** Told which mark is pointed at; null: none any more. */
  onPoint?: ((mark: ChartMark | null) => void) | undefined;
  /** Told which mark was chosen. */
  onOpen?: ((mark: ChartMark) => void) | undefined;
}

/**
 * Draws an option into the element of the ref, again whenever the option or the size of the element changes.
 * `isLive`: successive options have the same series and are merged, which costs less than starting over.
 */
export function useECharts(
  option: EChartsOption,
  { isLive, onPoint, onOpen }: ChartMarkHandlers & { isLive: boolean },
): RefObject<HTMLDivElement | null> {
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

  useEffect(() => {
    const chart = chartRef.current;
    if (chart === null) return;
    const point = (params: MarkEvent): void => onPoint?.(toMark(params));
    const leave = (): void => onPoint?.(null);
    const open = (params: MarkEvent): void => {
      const mark = toMark(params);
      if (mark !== null) onOpen?.(mark);
    };
    chart.on('mouseover', point);
    chart.on('mouseout', leave);
    chart.on('click', open);
    return () => {
      if (chart.isDisposed()) return;
      chart.off('mouseover', point);
      chart.off('mouseout', leave);
      chart.off('click', open);
    };
  }, [onPoint, onOpen]);

  return elementRef;
}

/** The part of ECharts' event that is used here. */
interface MarkEvent {
  seriesId?: string;
  dataIndex?: number;
}

function toMark({ seriesId, dataIndex }: MarkEvent): ChartMark | null {
  return seriesId === undefined || dataIndex === undefined ? null : { seriesId, index: dataIndex };
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
