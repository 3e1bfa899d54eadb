/** `--attribute risk=high`: what the recorded changes are proposed with, read by the types that their workflow declares. */
import { CountersignError } from '../../errors.ts';
import { misfit } from '../../machines/built-in.ts';
import type { Definition } from '../../machines/definition.ts';
import type { Json } from '../../persistence/records.ts';
import { cell } from '../text.ts';

export type Attributes = Readonly<Record<string, Json>>;

/** Throws INVALID_INPUT for a name that is not declared, is said twice, or whose value is not of its type. */
export function attributesFor(definition: Definition, pairs: readonly string[]): Attributes {
  const declared = definition.attributes ?? {};
  const given = new Map<string, Json>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0));
    if (name === '') throw unfit(`--attribute ${cell(pair, 80)} names nothing.`, 'Write it as name=value.');
    if (given.has(name)) throw unfit(`The attribute "${cell(name, 80)}" is said twice.`, 'Say it once.');
    const type = Object.hasOwn(declared, name) ? declared[name]?.type : undefined;
    if (type === undefined)
      throw unfit(
        `${definition.name} declares no attribute "${cell(name, 80)}".`,
        `It declares ${Object.keys(declared).join(', ') || 'none'}.`,
      );
    const value = readAs(type, pair.slice(at + 1));
    const problem = misfit(definition, name, value);
    if (problem) throw unfit(`${capital(problem)}.`, HOW[type]);
    given.set(name, value);
  }
  return Object.fromEntries(given);
}

type Type = NonNullable<Definition['attributes']>[string]['type'];

const HOW: Readonly<Record<Type, string>> = {
  text: 'Write it as name=value.',
  int: 'Write a whole number: name=120.',
  bool: 'Write name=true or name=false.',
  list: 'Write name=one,two, or a JSON list of texts.',
};

/** What cannot be read stays text, which does not fit, and is then told as it was given. */
function readAs(type: Type, text: string): Json {
  if (type === 'int') return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (type === 'bool') return text === 'true' ? true : text === 'false' ? false : text;
  if (type !== 'list') return text;
  if (!text.startsWith('[')) return text.split(',').filter(Boolean);
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function unfit(message: string, hint: string): CountersignError {
  return new CountersignError('INVALID_INPUT', message, { hint });
}
