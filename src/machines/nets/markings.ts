/**
 * A set of markings, packed with as few bytes for a place as its tokens need, in chunks that are never copied. The hash of a
 * marking is linear in its tokens, so that firing a transition changes it by a constant (Zobrist's idea for sums).
 */

type Cells = Uint8Array | Uint16Array | Uint32Array;

/** Thrown where a place holds more tokens than its cells can: the search begins anew with wider ones. */
export class TooManyTokens extends Error {}

export type Width = 1 | 2 | 4;

const MOST: Readonly<Record<Width, number>> = { 1: 0xff, 2: 0xffff, 4: 0x7fffffff };
const CHUNK_BYTES = 1 << 22;

export interface Markings {
  readonly size: () => number;
  /** The number of the marking; it is new where that is what `size()` was before. */
  readonly add: (tokens: Int32Array, hash: number) => number;
  readonly read: (number: number, into: Int32Array) => void;
  readonly hashOf: (number: number) => number;
  readonly bytes: () => number;
}

/** An odd number for every place, the same in every run. */
export function hashWeights(places: number): Int32Array {
  const weights = new Int32Array(places);
  let state = 0x9e3779b9;
  for (let place = 0; place < places; place += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    weights[place] = (state ^ (state >>> 13)) | 1;
  }
  return weights;
}

export function markings(places: number, width: Width): Markings {
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / Math.max(1, places * width)));
  const chunks: Cells[] = [];
  const most = MOST[width];
  let hashes = new Int32Array(1024);
  let table = new Int32Array(4096).fill(-1);
  let size = 0;

  const fresh = (): Cells => {
    const cells = perChunk * places;
    if (width === 1) return new Uint8Array(cells);
    return width === 2 ? new Uint16Array(cells) : new Uint32Array(cells);
  };
  const isSame = (number: number, tokens: Int32Array): boolean => {
    const chunk = chunks[Math.floor(number / perChunk)];
    if (!chunk) return false;
    let at = (number % perChunk) * places;
    for (let place = 0; place < places; place += 1, at += 1) if (chunk[at] !== tokens[place]) return false;
    return true;
  };
  const write = (tokens: Int32Array): void => {
    const index = Math.floor(size / perChunk);
    const chunk = chunks[index] ?? fresh();
    chunks[index] = chunk;
    let at = (size % perChunk) * places;
    for (let place = 0; place < places; place += 1, at += 1) {
      const count = tokens[place] as number;
      if (count > most) throw new TooManyTokens();
      chunk[at] = count;
    }
  };
  const grow = (): void => {
    table = new Int32Array(table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let number = 0; number < size; number += 1) {
      let slot = mixed(hashes[number] as number) & mask;
      while (table[slot] !== -1) slot = (slot + 1) & mask;
      table[slot] = number;
    }
  };
  return {
    size: () => size,
    add: (tokens, hash) => {
      const mask = table.length - 1;
      let slot = mixed(hash) & mask;
      for (let number = table[slot] as number; number !== -1; number = table[slot] as number) {
        if (hashes[number] === hash && isSame(number, tokens)) return number;
        slot = (slot + 1) & mask;
      }
      write(tokens);
      if (size === hashes.length) hashes = grown(hashes);
      hashes[size] = hash;
      table[slot] = size;
      size += 1;
      if (size * 2 > table.length) grow();
      return size - 1;
    },
    read: (number, into) => {
      const chunk = chunks[Math.floor(number / perChunk)];
      const at = (number % perChunk) * places;
      for (let place = 0; place < places; place += 1) into[place] = chunk?.[at + place] as number;
    },
    hashOf: (number) => hashes[number] as number,
    bytes: () => chunks.length * perChunk * places * width + hashes.byteLength + table.byteLength,
  };
}

/** The same numbers with room for as many again. */
export function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits ^= bits >>> 15;
  return Math.imul(bits, 0x846ca68b) ^ (bits >>> 13);
}
