export type ColorScheme = 'light' | 'dark';

/** Colours by their role in a picture; texts and background are those of the screens. */
export interface ChartColors {
  background: string;
  text: string;
  /** Axis labels, units and other small print; meets contrast AA on the background. */
  mutedText: string;
  hairline: string;
  axis: string;
  /** Shading of a stretch of time. */
  shade: string;
  /** Okabe-Ito colours with a contrast of at least 3:1 on this background, in order of use. */
  series: readonly string[];
}

/**
 * Okabe and Ito's palette is told apart with any colour vision. It was made for no particular background, so each
 * scheme leaves out the colours that are too faint on its own.
 */
const okabeIto = {
  black: '#000000',
  orange: '#E69F00',
  skyBlue: '#56B4E9',
  green: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermillion: '#D55E00',
  purple: '#CC79A7',
} as const;

export const chartColors: Readonly<Record<ColorScheme, ChartColors>> = {
  light: {
    background: '#FFFFFF',
    text: '#1C2128',
    mutedText: '#59636E',
    hairline: '#E3E7EB',
    axis: '#9AA4AE',
    shade: 'rgba(89, 99, 110, 0.14)',
    series: [okabeIto.blue, okabeIto.vermillion, okabeIto.green, okabeIto.black, okabeIto.purple],
  },
  dark: {
    background: '#0E1116',
    text: '#E6EDF3',
    mutedText: '#9AA5B1',
    hairline: '#232B35',
    axis: '#5B6674',
    shade: 'rgba(155, 167, 180, 0.18)',
    series: [okabeIto.skyBlue, okabeIto.orange, okabeIto.green, okabeIto.yellow, okabeIto.purple, okabeIto.vermillion],
  },
};

export const chartFont = { family: '"Inter Variable", Inter, system-ui, sans-serif', sizePx: 12 } as const;

/** How one series is told from the others: by colour, by the shape of its points and by the dashes of its line. */
export interface SeriesMark {
  color: string;
  symbol: 'circle' | 'rect' | 'triangle' | 'diamond';
  /** The same shape as a character, for labels. */
  glyph: string;
  line: 'solid' | 'dashed' | 'dotted';
}

const shapes = [
  { symbol: 'circle', glyph: '●' },
  { symbol: 'rect', glyph: '■' },
  { symbol: 'triangle', glyph: '▲' },
  { symbol: 'diamond', glyph: '◆' },
] as const;
const lines = ['solid', 'dashed', 'dotted'] as const;

/** The mark of the series at `index`: colour and shape change with every series, the dashes after each round of shapes. */
export function seriesMark(index: number, colorScheme: ColorScheme): SeriesMark {
  const { series } = chartColors[colorScheme];
  return {
    color: series[index % series.length]!,
    ...shapes[index % shapes.length]!,
    line: lines[Math.floor(index / shapes.length) % lines.length]!,
  };
}
