/** Text for terminals: colours, aligned columns, and nothing that could steer the terminal. */
import type { Io } from './io.ts';

export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow', (text: string) => string>>;

/** Colours (ECMA-48, SGR) where people see them, plain text elsewhere. */
export function painter({ colours }: Pick<Io, 'colours'>): Paint {
  const style = (on: number, off: number) => (text: string) =>
    colours && text ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
  };
}

/** Titles and reasons come from strangers: control characters other than line breaks become a visible mark. */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the terminal
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** A cell: cleaned, on one line, at most `width` characters. */
export function cell(text: string, width = 60): string {
  const characters = [...clean(text).replaceAll('\n', ' ')];
  return characters.length <= width
    ? characters.join('')
    : `${characters.slice(0, width - 1).join('')}\u2026`;
}

/** What one row shows: its text, and how to colour it once it is padded. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Aligned columns, two spaces apart; headings in `dim`. Rows may be shorter than the heading. */
export function table(
  paint: Paint,
  headings: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
): string {
  const cells = rows.map((row) => row.map((each) => (typeof each === 'string' ? { text: each } : each)));
  const heading = headings.map((text): Cell => ({ text, paint: paint.dim }));
  const widths = headings.map((_, column) =>
    Math.max(...[heading, ...cells].map((row) => [...(row[column]?.text ?? '')].length)),
  );
  return [heading, ...cells].map((row) => line(row, widths)).join('\n');
}

function line(row: readonly Cell[], widths: readonly number[]): string {
  const last = row.length - 1;
  return row
    .map(({ text, paint = same }, column) => {
      const gap = column === last ? '' : ' '.repeat((widths[column] ?? 0) - [...text].length);
      return paint(text) + gap;
    })
    .join('  ')
    .trimEnd();
}

const same = (text: string) => text;

/** `1,348 changes`, `1 change`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}
