import { init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { echartsParts } from '../../../src/renderer/components/chart/echarts-parts.ts';
import type { Chart } from '../../../src/shared/charts/chart.ts';

register([...echartsParts, SVGRenderer]);

/** Draws a chart to SVG, as a report does. An instance that is not disposed keeps the process alive. */
export function renderToSvg({ option }: Chart, { width = 480, height = 280 } = {}): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption(option);
    return instance.renderToSVGString();
  } finally {
    instance.dispose();
  }
}

/** The texts of a picture, in the order in which they are drawn. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text ?? '');
}
