/**
 * The JSON objects of a file, one at a time however large the file is: a list of objects, lists in lists, one object a
 * line, pages that were written one after the other, all of it plain or gzipped, with or without the line `)]}'` that
 * Gerrit puts first. An object within an object is part of that one.
 */
import { CountersignError, messageOf } from '../../errors.ts';
import { chunksOf } from './lines.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Found {
  /** Where it begins, counted from 1. */
  readonly line: number;
  readonly value: JsonObject;
}

/** More than any change needs, its diffs included. */
const LONGEST_OBJECT = 64 * 1024 * 1024;
/** Against reading a file as JSON by another site's script; anywhere between objects, for pages may have been joined. */
const MAGIC = `)]}'`;

/** Throws FILE_UNREADABLE; INVALID_INPUT, with the line, for what is not JSON. */
export async function* objectsOf(path: string): AsyncGenerator<Found> {
  const scanner = new Scanner(path);
  for await (const chunk of chunksOf(path)) yield* scanner.take(chunk);
  scanner.end();
}

/** Finds where objects begin and end; what is in them is left to the JSON parser. Opened with a file, closed by `end`. */
class Scanner {
  readonly #path: string;
  /** What earlier chunks held of the object that is open. */
  #parts: string[] = [];
  #size = 0;
  /** Braces and brackets open within the object; 0 outside of objects. */
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #lists = 0;
  #magic = 0;
  #line = 1;
  #startLine = 1;

  constructor(path: string) {
    this.#path = path;
  }

  *take(chunk: string): Generator<Found> {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const char = chunk.charAt(at);
      if (char === '\n') this.#line += 1;
      if (this.#depth === 0) {
        if (char !== '{' || this.#magic > 0) {
          this.#between(char);
          continue;
        }
        start = at;
        this.#startLine = this.#line;
        this.#depth = 1;
      } else if (this.#within(char)) {
        yield this.#found(chunk.slice(start, at + 1));
      }
    }
    if (this.#depth > 0) this.#keep(chunk.slice(start));
  }

  end(): void {
    if (this.#depth > 0) throw this.#broken(this.#startLine, 'begins an object that does not end');
    if (this.#lists > 0) throw this.#broken(this.#line, 'ends within a list');
  }

  /** True where the object ends with this character. */
  #within(char: string): boolean {
    if (this.#inText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (char === '\\') this.#isEscaped = true;
      else if (char === '"') this.#inText = false;
      return false;
    }
    if (char === '"') this.#inText = true;
    else if (char === '{' || char === '[') this.#depth += 1;
    else if (char === '}' || char === ']') this.#depth -= 1;
    return this.#depth === 0;
  }

  #between(char: string): void {
    if (this.#magic > 0 || char === ')') {
      if (char !== MAGIC.charAt(this.#magic)) throw this.#broken(this.#line, 'is not JSON');
      this.#magic = (this.#magic + 1) % MAGIC.length;
    } else if (char === '[') this.#lists += 1;
    else if (char === ']') this.#lists -= 1;
    else if (!/[\s,\uFEFF]/.test(char)) throw this.#broken(this.#line, 'is not JSON');
    if (this.#lists < 0) throw this.#broken(this.#line, 'ends a list that did not begin');
  }

  #keep(part: string): void {
    this.#parts.push(part);
    this.#size += part.length;
    if (this.#size > LONGEST_OBJECT)
      throw this.#broken(this.#startLine, `begins an object of more than ${LONGEST_OBJECT} characters`);
  }

  #found(last: string): Found {
    const text = this.#parts.join('') + last;
    this.#parts = [];
    this.#size = 0;
    try {
      return { line: this.#startLine, value: JSON.parse(text) };
    } catch (cause) {
      throw this.#broken(this.#startLine, `is not JSON: ${messageOf(cause).slice(0, 200)}`);
    }
  }

  #broken(line: number, what: string): CountersignError {
    return new CountersignError('INVALID_INPUT', `${this.#path}:${line} ${what}; nothing was imported.`, {
      hint: 'Give JSON as the code host exports it: a list of changes, or one change a line.',
    });
  }
}
