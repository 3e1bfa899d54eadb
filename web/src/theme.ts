/** Colours, sizes and manners of the components, in one place. */
import {
  type BadgeProps,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
} from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eef0ff',
  '#dbe0fb',
  '#b4bdf2',
  '#8b98ea',
  '#6a7ae3',
  '#5567df',
  '#4757d0',
  '#3b4abb',
  '#3241a8',
  '#273694',
];

/** Colours of badges that have to be read easily on their own ground. */
const TONES: Readonly<Record<string, string>> = { teal: 'good', red: 'bad', yellow: 'wait' };

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 5 },
  colors: { ink },
  defaultRadius: 'md',
  cursorType: 'pointer',
  autoContrast: true,
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  headings: { fontWeight: '650' },
  components: {
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    SegmentedControl: { defaultProps: { transitionDuration: 0 } },
    Card: { defaultProps: { withBorder: true, padding: 'md' } },
    Badge: {
      defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 600 },
      vars: (_theme: unknown, { color, variant }: BadgeProps) => {
        const tone = variant === 'outline' ? undefined : TONES[color ?? ''];
        return {
          root: tone ? { '--badge-bg': `var(--${tone}-soft)`, '--badge-color': `var(--${tone})` } : {},
        };
      },
    },
  },
});

/** Secondary text and notes that can be read on every surface (4.5 : 1 and more). */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5a6172',
    '--mantine-color-body': '#f6f7fa',
    '--surface': '#ffffff',
    '--line': '#dfe2ea',
    '--good': '#12724a',
    '--good-soft': '#e2f4ea',
    '--bad': '#b3261e',
    '--bad-soft': '#fdecea',
    '--wait': '#8a5300',
    '--wait-soft': '#fdf0d9',
    '--quiet': '#8d95a8',
    '--accent': '#3b4abb',
    '--accent-soft': '#e9ecff',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a9b8',
    '--mantine-color-body': '#14161b',
    '--surface': '#1c1f26',
    '--line': '#333846',
    '--good': '#5fd39b',
    '--good-soft': '#16382a',
    '--bad': '#ff9b93',
    '--bad-soft': '#4a1d1b',
    '--wait': '#f2b95c',
    '--wait-soft': '#3d2d10',
    '--quiet': '#7d8597',
    '--accent': '#9aa7ff',
    '--accent-soft': '#2a3160',
  },
});
