/** The bytes of a net, from a file or from the standard input, up to what is read at all. */
import { createReadStream } from 'node:fs';
import { CountersignError, messageOf } from '../errors.ts';
import { PNML_BYTES } from '../machines/nets/pnml-bytes.ts';

/** `named` is the path as the user wrote it. Throws FILE_UNREADABLE, and INVALID_INPUT where there is too much. */
export async function netBytes(path: string, named: string): Promise<Buffer> {
  return bytesOf(createReadStream(path), named);
}

/** Reads to its end, or to what is too much: a device or a pipe may never end. */
export async function bytesOf(source: AsyncIterable<Uint8Array>, named: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of source) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > PNML_BYTES) break;
    }
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${named} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  if (size <= PNML_BYTES) return Buffer.concat(chunks);
  throw new CountersignError('INVALID_INPUT', `${named} is larger than ${PNML_BYTES} bytes.`, {
    hint: 'Split it, or name a smaller file.',
  });
}
