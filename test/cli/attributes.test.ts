/** Attributes as `countersign record` takes them, by what the workflow declares. */
import { describe, expect, it } from 'vitest';
import { attributesFor } from '../../src/cli/recording/attributes.ts';
import type { Definition } from '../../src/machines/definition.ts';

const definition = {
  name: 'Release',
  attributes: {
    risk: { type: 'text', oneOf: ['low', 'high'] },
    note: { type: 'text' },
    pages: { type: 'int' },
    urgent: { type: 'bool' },
    labels: { type: 'list' },
  },
} as unknown as Definition;

describe('an attribute that is given', () => {
  it('is read by its declared type, whatever it looks like', () => {
    const given = ['risk=high', 'note=12=true', 'pages=-3', 'urgent=false', 'labels=api,web'];
    expect(attributesFor(definition, given)).toEqual({
      ...{ risk: 'high', note: '12=true', pages: -3, urgent: false, labels: ['api', 'web'] },
    });
    expect(attributesFor(definition, ['labels=["a,b"]', 'note='])).toEqual({ labels: ['a,b'], note: '' });
  });

  it.each([
    ['risk=extreme', 'The attribute "risk" can be low, high, not "extreme".'],
    ['pages=many', 'The attribute "pages" is of type int, not "many".'],
    ['urgent=yes', 'The attribute "urgent" is of type bool, not "yes".'],
    ['labels=[1]', 'The attribute "labels" is of type list, not [1].'],
    ['size=1', 'Release declares no attribute "size".'],
    ['constructor=1', 'Release declares no attribute "constructor".'],
    ['=1', '--attribute =1 names nothing.'],
    ['risk', '--attribute risk names nothing.'],
  ])('is refused as %s, with what it can be', (pair, message) => {
    expect(() => attributesFor(definition, [pair])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message, hint: expect.any(String) }),
    );
  });

  it('is said once', () => {
    expect(() => attributesFor(definition, ['risk=low', 'risk=high'])).toThrow('said twice');
  });
});
