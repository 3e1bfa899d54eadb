/** The names a connection begins with, and which closes mean "come back": all that has to be known before any frame. */

export const SUBPROTOCOL = 'countersign.v1.json';
export const STREAM_PATH = '/v1/stream';

/** The server takes no larger frame. */
export const FRAME_BYTES = 64 * 1024;

/** 4000 to 4499, and what proxies and networks cause; 4500 to 4999 say that coming back would change nothing. */
export function mayComeBack(code: number): boolean {
  return code < 4500 || code > 4999;
}
