import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText, grammarOf } from '../../src/cli/grammar.ts';
import { catalog } from '../../src/machines/catalog/index.ts';
import { digestOf } from '../../src/machines/digest.ts';
import { MAX_DURATION_MS, parseDuration } from '../../src/machines/duration.ts';
import { normalise } from '../../src/machines/normalise.ts';
import { sourceSchema } from '../../src/machines/source.ts';

describe('a definition back in the grammar', () => {
  it.each(Object.values(catalog))('is the definition again: $name', (source) => {
    const definition = normalise(sourceSchema.parse(source));
    const again = normalise(sourceSchema.parse(JSON.parse(JSON.stringify(grammarOf(definition)))));
    expect(again).toEqual(definition);
    expect(digestOf(again)).toBe(digestOf(definition));
  });

  it('keeps timers, joins by number, reasons and what happens to late votes', () => {
    const definition = normalise(
      sourceSchema.parse({
        name: 'Odd',
        roles: ['r'],
        triggers: ['a', 'b'],
        initial: 'One',
        states: {
          One: {
            regions: {
              x: {
                initial: 'p',
                states: { p: {}, q: { final: 'approved' } },
                transitions: { 'p -> q': { trigger: 'a', late: 'record', reason: 'required', role: 'r' } },
              },
            },
            timers: { slow: { after: '1d1h1m1s', escalate: 'r' } },
          },
          Done: { final: 'approved' },
          Gone: { final: 'withdrawn' },
        },
        transitions: {
          'One -> Done': { join: 1, ending: 'approved' },
          'One -> Gone': [{ after: '90m' }, { trigger: 'b', by: ['agent', 'system'] }],
        },
      }),
    );
    expect(normalise(sourceSchema.parse(grammarOf(definition)))).toEqual(definition);
  });

  it('keeps the calendars that times count by', () => {
    const late = { after: '16h', calendar: 'berlin', escalate: 'r' };
    const definition = normalise(
      sourceSchema.parse({
        name: 'Timed',
        roles: ['r'],
        triggers: [],
        initial: 'One',
        states: { One: { timers: { late } }, Gone: { final: 'withdrawn' } },
        transitions: {
          'One -> Gone': [
            { idle: '3d', calendar: 'berlin' },
            { after: '9d', calendar: 'tokyo' },
          ],
        },
      }),
    );
    expect(definition.states.One?.timers?.late).toMatchObject({ calendar: 'berlin' });
    expect(definition.transitions.map((each) => 'calendar' in each && each.calendar)).toEqual([
      'berlin',
      'tokyo',
    ]);
    const again = normalise(sourceSchema.parse(JSON.parse(JSON.stringify(grammarOf(definition)))));
    expect(again).toEqual(definition);
    expect(digestOf(again)).toBe(digestOf(definition));
  });

  it('writes durations that read as the same time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_DURATION_MS / 1000 }), (seconds) => {
        expect(parseDuration(durationText(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });
});
