/**
 * Markings packed side by side in chunks of typed arrays, found again through an open-addressing hash table. The hash is a
 * weighted sum, so that firing a transition changes it by a constant and nothing has to be hashed anew.
 */

type Cells = Uint8Array | Uint16Array | Uint32Array;
export type CellBytes = 1 | 2 | 4;

const CHUNK_CELLS = 1 << 14;

export class Pool {
  size = 0;
  readonly #places: number;
  readonly #bytes: CellBytes;
  readonly #shift: number;
  readonly #chunks: Cells[] = [];
  #hashes = new Int32Array(1 << 10);
  /** Index + 1 of a marking, 0 where free. */
  #table = new Int32Array(1 << 11);

  constructor(places: number, bytes: CellBytes) {
    this.#places = places;
    this.#bytes = bytes;
    this.#shift = Math.max(0, Math.floor(Math.log2(CHUNK_CELLS / Math.max(1, places))));
  }

  /** Bytes of a cell. */
  get width(): CellBytes {
    return this.#bytes;
  }

  /** The most a cell can hold. */
  get most(): number {
    return 2 ** (8 * this.#bytes) - 1;
  }

  hashAt(index: number): number {
    return this.#hashes[index] ?? 0;
  }

  /** Where the cells of a marking are: a chunk and the first cell in it. */
  #chunkOf(index: number): Cells {
    return this.#chunks[index >> this.#shift] ?? new Uint8Array();
  }

  #startOf(index: number): number {
    return (index & ((1 << this.#shift) - 1)) * this.#places;
  }

  /** The index of the marking, which is new where it equals the size from before. */
  add(cells: Int32Array, hash: number): number {
    if (this.size * 2 >= this.#table.length) this.#grow();
    const mask = this.#table.length - 1;
    let slot = mixed(hash) & mask;
    for (let entry = this.#table[slot] ?? 0; entry !== 0; entry = this.#table[slot] ?? 0) {
      if (this.#hashes[entry - 1] === hash && this.#equals(entry - 1, cells)) return entry - 1;
      slot = (slot + 1) & mask;
    }
    const index = this.size++;
    this.#table[slot] = this.size;
    this.#hashes[index] = hash;
    if (index >> this.#shift >= this.#chunks.length)
      this.#chunks.push(cellsOf(this.#bytes, this.#places << this.#shift));
    this.#chunkOf(index).set(cells, this.#startOf(index));
    return index;
  }

  marking(index: number): number[] {
    const start = this.#startOf(index);
    return Array.from(this.#chunkOf(index).subarray(start, start + this.#places));
  }

  read(index: number, into: Int32Array): void {
    const chunk = this.#chunkOf(index);
    const start = this.#startOf(index);
    for (let place = 0; place < this.#places; place++) into[place] = chunk[start + place] as number;
  }

  tokens(index: number, place: number): number {
    return this.#chunkOf(index)[this.#startOf(index) + place] ?? 0;
  }

  #equals(index: number, cells: Int32Array): boolean {
    const chunk = this.#chunkOf(index);
    const start = this.#startOf(index);
    for (let place = 0; place < this.#places; place++)
      if (chunk[start + place] !== cells[place]) return false;
    return true;
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2);
    const hashes = new Int32Array(table.length);
    hashes.set(this.#hashes.subarray(0, this.size));
    for (let index = 0; index < this.size; index++) {
      let slot = mixed(hashes[index] ?? 0) & (table.length - 1);
      while (table[slot] !== 0) slot = (slot + 1) & (table.length - 1);
      table[slot] = index + 1;
    }
    this.#table = table;
    this.#hashes = hashes;
  }
}

function cellsOf(bytes: CellBytes, length: number): Cells {
  if (bytes === 1) return new Uint8Array(length);
  return bytes === 2 ? new Uint16Array(length) : new Uint32Array(length);
}

/** One odd weight per place, the same in every run. */
export function weightsOf(places: number): Int32Array {
  return Int32Array.from({ length: places }, (_, place) => mixed(Math.imul(place + 1, 0x9e3779b1)) | 1);
}

function mixed(hash: number): number {
  let x = hash ^ (hash >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}
