import {
  Button,
  createTheme,
  defaultVariantColorsResolver,
  Table,
  TextInput,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** Shade 7 is the accent on light ground, shade 4 on dark ground. */
const teal: MantineColorsTuple = [
  '#e3fafc',
  '#c5f6fa',
  '#99e9f2',
  '#66d9e8',
  '#3bc9db',
  '#22b8cf',
  '#15aabf',
  '#0b7285',
  '#0a6475',
  '#095666',
];

/** The tokens of the dark theme where Mantine looks for them: 0 text, 2 muted, 4 and 5 lines, 6 inputs, 7 ground. */
const dark: MantineColorsTuple = [
  '#e6edf3',
  '#c3ccd6',
  '#9aa5b1',
  '#66717d',
  '#303a45',
  '#232b35',
  '#151a21',
  '#0e1116',
  '#0b0e12',
  '#07090c',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  // The accent is dark on light ground and light on dark ground; what stands on it is chosen with it.
  variantColorResolver(input) {
    const colors = defaultVariantColorsResolver(input);
    const isAccent = input.variant === 'filled' && (input.color ?? 'teal') === 'teal';
    return isAccent ? { ...colors, color: 'var(--on-accent)' } : colors;
  },
  colors: { teal, dark },
  fontFamily: 'var(--font-text)',
  fontFamilyMonospace: 'var(--font-code)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 4,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm', fw: 500 } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
    Table: Table.extend({ defaultProps: { fz: 13, verticalSpacing: 6, horizontalSpacing: 12 } }),
  },
});

/** Mantine's own parts take the colours of theme.css. */
export const toCssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--background)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--muted)',
    '--mantine-color-placeholder': 'var(--muted)',
    '--mantine-color-default': 'var(--background)',
    '--mantine-color-default-hover': 'var(--surface)',
    '--mantine-color-default-border': 'var(--hairline)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--accent)',
    '--table-border-color': 'var(--hairline)',
  };
  return { variables: {}, light: shared, dark: shared };
};
