/**
 * The hash of a change as Pijul and Atomic print it: base32 (RFC 4648, upper case, no padding) of 32 bytes, in Pijul
 * with one more byte for the algorithm (`libpijul/src/pristine/hash.rs`).
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Characters of 32 and of 33 bytes, and the bits of the last one that say nothing and must be 0. */
const SPARE_BITS: ReadonlyMap<number, number> = new Map([
  [52, 4],
  [53, 1],
]);

export function isHash(text: string): boolean {
  const spare = SPARE_BITS.get(text.length);
  if (spare === undefined || !/^[A-Z2-7]+$/.test(text)) return false;
  return ALPHABET.indexOf(text.slice(-1)) % 2 ** spare === 0;
}
