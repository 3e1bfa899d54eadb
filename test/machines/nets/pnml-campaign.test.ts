/**
 * Good files gone bad: bytes flipped, tags dropped, doubled and moved, by chance. Whatever comes of it is read as a net and gets a
 * verdict, or is refused with its place in the file and with what to do. Nothing is ever thrown.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LIMITS } from '../../../src/machines/nets/explore.ts';
import { readPnml, writePnml } from '../../../src/machines/nets/pnml.ts';
import { checkNet } from '../../../src/machines/nets/soundness.ts';
import { runs } from '../../support/runs.ts';
import { FOREIGN } from './foreign-files.ts';
import { generalNets, netsWithSinks, workflowNets } from './random-nets.ts';

const RUNS = { numRuns: runs(1_000, 50_000) };
const SMALL = { limits: { ...LIMITS, markings: 3_000, edges: 20_000 }, count: 1_000 };

type Change = (bytes: Buffer, at: number, value: number) => Buffer;

const tagAt = (bytes: Buffer, at: number): readonly [number, number] => {
  const begin = bytes.lastIndexOf('<', at);
  const end = bytes.indexOf('>', Math.max(0, begin));
  return begin < 0 || end < 0 ? [0, 0] : [begin, end + 1];
};

const splice = (bytes: Buffer, from: number, to: number, put: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);

/** Another weight, marking, id or end of an arc: often a net, and another one. */
function otherDigit(bytes: Buffer, at: number, value: number): Buffer {
  const found = bytes.subarray(at).findIndex((byte) => byte >= 0x30 && byte <= 0x39);
  return found < 0 ? bytes : splice(bytes, at + found, at + found + 1, Buffer.from(String(value % 10)));
}

const JUNK = [
  '<place id="p0"/>',
  '<type value="inhibitor"/>',
  '-1',
  '&x;',
  '<!DOCTYPE x>',
  ']]>',
  '<net>',
  '\0',
  '</page>',
];

const CHANGES: readonly Change[] = [
  (bytes, at, value) => splice(bytes, at, at + 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << (value % 8)))),
  (bytes, at) => splice(bytes, ...tagAt(bytes, at), Buffer.alloc(0)),
  (bytes, at) => {
    const [begin, end] = tagAt(bytes, at);
    return splice(bytes, end, end, bytes.subarray(begin, end));
  },
  (bytes, at, value) => {
    const [begin, end] = tagAt(bytes, at);
    const to = bytes.indexOf('>', value % bytes.length) + 1;
    return splice(bytes, to, to, bytes.subarray(begin, end));
  },
  (bytes, at, value) => splice(bytes, at, at + (value % 200), Buffer.alloc(0)),
  (bytes, at, value) => splice(bytes, at, at, Buffer.from(JUNK[value % JUNK.length] ?? '')),
  (bytes, at, value) => splice(bytes, at, at, bytes.subarray(at, at + (value % 300))),
  (bytes, at) => bytes.subarray(0, at),
  ...Array<Change>(5).fill(otherDigit),
];

const good = fc.oneof(
  fc.constantFrom(...Object.values(FOREIGN)).map((text) => Buffer.from(text)),
  fc.oneof(workflowNets, netsWithSinks, generalNets).map((net) => Buffer.from(writePnml(net))),
);
const changes = fc.array(fc.tuple(fc.nat({ max: CHANGES.length - 1 }), fc.nat(), fc.nat()), {
  minLength: 1,
  maxLength: 2,
});

it('gets a verdict or a refusal that says where and what to do', () => {
  let [read, refused] = [0, 0];
  fc.assert(
    fc.property(good, changes, (start, all) => {
      let bytes: Buffer = start;
      for (const [which, at, value] of all)
        if (bytes.length > 0) bytes = CHANGES[which]?.(bytes, at % bytes.length, value) ?? bytes;
      const { net, defects, where, start: begin } = readPnml(bytes);
      // A carriage return alone ends a line, too (XML 1.0, 2.11).
      const lines = bytes.toString('latin1').split(/\r\n?|\n/).length;
      if (net) {
        read += 1;
        expect(defects).toEqual([]);
        expect(begin.line).toBeLessThanOrEqual(lines);
        const { findings, kind } = checkNet(net, SMALL);
        expect(['workflow', 'general']).toContain(kind);
        for (const { names } of findings) if (names) expect(where.has(names)).toBe(true);
        return;
      }
      refused += 1;
      expect(defects.length).toBeGreaterThan(0);
      for (const { line, column, message } of defects) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message.length).toBeLessThan(600);
        expect(message).toMatch(/; [\s\S]+\.$/);
      }
    }),
    RUNS,
  );
  expect(Math.min(read, refused)).toBeGreaterThan(RUNS.numRuns / 20);
});
