/** The characters of an XML file: by its byte order mark, else by its declaration, else UTF-8 (XML 1.0, appendix F). */
import type { PnmlDefect } from './pnml-xml.ts';

/** Bytes of a file that is read at all. */
export const PNML_BYTES = 64_000_000;

export function decodePnml(bytes: Uint8Array): string | PnmlDefect {
  if (bytes.length > PNML_BYTES)
    return atStart(
      'TOO_LARGE',
      `The file is larger than ${PNML_BYTES} bytes; split the net, or name a smaller one.`,
    );
  const encoding = marked(bytes) ?? declared(bytes) ?? 'utf-8';
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch {
    return atStart('SYNTAX', `The encoding "${encoding}" is not known; save the file as UTF-8.`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    return atStart(
      'SYNTAX',
      `The file is not ${encoding.toUpperCase()}, as it says or as is usual; save it as UTF-8.`,
    );
  }
}

function marked([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return undefined;
}

/** What `<?xml … encoding="…"?>` says; a file that says UTF-16 in single bytes is not in it. */
function declared(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  const [, encoding] = /^[^<]{0,3}<\?xml\s[^>]*\bencoding\s*=\s*["']([^"']{1,40})["']/.exec(start) ?? [];
  return encoding === undefined || /^utf-?16/i.test(encoding) ? undefined : encoding;
}

function atStart(code: PnmlDefect['code'], message: string): PnmlDefect {
  return { code, message, line: 1, column: 1 };
}
