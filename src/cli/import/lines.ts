/** The lines of a text file, plain or gzipped, one at a time however large the file is. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { CountersignError, messageOf } from '../../errors.ts';

/** More than any record needs; keeps a file without line breaks from filling the memory. */
const LONGEST_LINE = 4 * 1024 * 1024;

export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Numbers count from 1; blank lines count but are left out. Throws FILE_UNREADABLE, INVALID_INPUT for what is not UTF-8. */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let rest = '';
  for await (const chunk of bytesOf(path)) {
    const lines = (rest + decode(decoder, chunk, path, number)).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      number += 1;
      if (text.trim()) yield { number, text };
    }
    if (rest.length > LONGEST_LINE)
      throw new CountersignError(
        'INVALID_INPUT',
        `${path}:${number + 1} is longer than ${LONGEST_LINE} characters.`,
      );
  }
  rest += decode(decoder, undefined, path, number);
  if (rest.trim()) yield { number: number + 1, text: rest };
}

/** The text of a file, plain or gzipped, as it is read. Throws FILE_UNREADABLE, INVALID_INPUT for what is not UTF-8. */
export async function* chunksOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  for await (const chunk of bytesOf(path)) {
    const text = decode(decoder, chunk, path, number);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) number += 1;
    yield text;
  }
  yield decode(decoder, undefined, path, number);
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  try {
    const raw = createReadStream(path);
    const bytes: Readable = (await isGzip(path)) ? unzipped(raw) : raw;
    for await (const chunk of bytes) yield chunk as Buffer;
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause;
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

function unzipped(raw: Readable): Readable {
  const gunzip = createGunzip();
  raw.on('error', (error) => gunzip.destroy(error));
  return raw.pipe(gunzip);
}

/** By its first two bytes (RFC 1952), not by its name. */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function decode(decoder: TextDecoder, chunk: Buffer | undefined, path: string, number: number): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch (cause) {
    throw new CountersignError('INVALID_INPUT', `${path} is not UTF-8, somewhere after line ${number}.`, {
      cause,
      hint: 'Give a text file in UTF-8, plain or gzipped, with one JSON object per line.',
    });
  }
}
