/**
 * Columns of a batch as PostgreSQL arrays in binary format (array_send/array_recv in the server's source). A `Buffer`
 * parameter is sent as binary by `pg`; no quoting here, no unquoting there.
 */

/** Element types, with their object ids in pg_type. */
const OIDS = { text: 25, int4: 23, int8: 20, json: 114, jsonb: 3802, timestamptz: 1184 } as const;

export type ColumnType = keyof typeof OIDS;

const HEADER_BYTES = 20;
/** The server counts microseconds from 2000-01-01. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

/**
 * One column: `text`, `json` and `jsonb` take strings, the others numbers (`timestamptz` milliseconds since the
 * Unix epoch). Numbers must be safe integers, strings well-formed.
 */
export function column(type: ColumnType, values: readonly (string | number | null)[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + sizeLimit(type, values));
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(1, 4); // may hold nulls
  buffer.writeInt32BE(OIDS[type], 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16); // lower bound
  let offset = HEADER_BYTES;
  for (const value of values) offset = writeElement(buffer, offset, type, value);
  return buffer.subarray(0, offset);
}

function sizeLimit(type: ColumnType, values: readonly (string | number | null)[]): number {
  if (type !== 'text' && type !== 'json' && type !== 'jsonb') return values.length * 12;
  let bytes = values.length * 5;
  for (const value of values) {
    // UTF-8 needs at most three bytes per UTF-16 unit; exact counting pays only for long values.
    if (typeof value === 'string')
      bytes += value.length > 1_000 ? Buffer.byteLength(value) : value.length * 3;
  }
  return bytes;
}

function writeElement(buffer: Buffer, at: number, type: ColumnType, value: string | number | null): number {
  if (value === null) return buffer.writeInt32BE(-1, at);
  if (typeof value === 'string') {
    let start = at + 4;
    if (type === 'jsonb') start = buffer.writeUInt8(1, start); // version of the jsonb wire format
    const end = start + buffer.write(value, start);
    buffer.writeInt32BE(end - at - 4, at);
    return end;
  }
  if (type === 'int4') return buffer.writeInt32BE(value, buffer.writeInt32BE(4, at));
  const eight = type === 'int8' ? BigInt(value) : BigInt(value - EPOCH_MS) * 1000n;
  return buffer.writeBigInt64BE(eight, buffer.writeInt32BE(8, at));
}
