/** How commands are worded, and how the values of options are read. */
import { InvalidArgumentError } from 'commander';

export interface Words {
  readonly usage: string;
  readonly about: string;
  readonly alias?: string;
}

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It has to be a whole number ${range}.`);
  };
}

/** Idempotency keys travel in a header. */
export function headerText(text: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text;
  throw new InvalidArgumentError('It has to be 1 to 200 visible ASCII characters.');
}

/** 0 lets the system choose. */
export const port = wholeNumber(0, 65_535);

/** `--role a --role b`, or `--role a,b`. */
export function oneOrMore(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').filter(Boolean)];
}

/** `--attribute a=1 --attribute b=2`. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
