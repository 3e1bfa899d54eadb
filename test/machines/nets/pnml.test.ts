/** PNML as tools write it is read as the net that they mean; what would make another net of it is refused at its line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Net } from '../../../src/machines/nets/net.ts';
import { readPnml, writePnml } from '../../../src/machines/nets/pnml.ts';
import { checkNet } from '../../../src/machines/nets/soundness.ts';
import { runs } from '../../support/runs.ts';
import { FOREIGN, PIPE } from './foreign-files.ts';
import { generalNets, workflowNets } from './random-nets.ts';

const MEANT: Net = {
  places: ['i', 'o'],
  transitions: [{ name: 'review', pre: [[0, 1]], post: [[1, 1]] }],
  initial: [1, 0],
};

describe('a file', () => {
  it.each(Object.entries(FOREIGN))('as %s writes it is read as what is meant', (_, text) => {
    expect(readPnml(text)).toMatchObject({ net: MEANT, defects: [] });
    expect(readPnml(Buffer.from(text, text === PIPE ? 'latin1' : 'utf8'))).toMatchObject({ net: MEANT });
  });

  it.each([
    ['UTF-8 with its mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16 with its mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-16, big end first', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['lines of another system', (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'))],
  ])('in %s is read', (_, bytes) => {
    for (const text of Object.values(FOREIGN).filter((each) => each !== PIPE))
      expect(readPnml(bytes(text))).toMatchObject({ net: MEANT, defects: [] });
  });

  it('says where its places and transitions stand, whatever the ends of its lines', () => {
    const text =
      '<pnml><net id="n">\r\n <place\r\n id="p"/>\n\n<transition id="t"/>\u{1f600}<place id="q"/></net></pnml>';
    expect([...readPnml(text).where]).toEqual([
      ['p', { line: 2, column: 2 }],
      ['t', { line: 5, column: 1 }],
      ['q', { line: 5, column: 23 }],
    ]);
  });

  it('whose names do not tell its nodes apart gets names that do', () => {
    const named = (kind: string, id: string, name: string) =>
      `<${kind} id="${id}"><name><text>${name}</text></name></${kind}>`;
    const nodes = [named('place', 'p', 'a'), named('place', 'q', 'a'), named('transition', 't', 'a (q)')];
    expect([...readPnml(`<pnml><net id="n">${nodes.join('')}</net></pnml>`).where.keys()]).toEqual([
      'a (p)',
      'a (q) (q)',
      'a (q)',
    ]);
  });
});

/** Refusals: what stands in the net, in line 3, and what is said of it. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'an inhibitor arc',
    '<arc id="x" source="i" target="t"><type value="inhibitor"/></arc>',
    /kind "inhibitor"/,
  ],
  ['a reset arc', '<arc id="x" source="i" target="t"><arctype><text>reset</text></arctype></arc>', /"reset"/],
  ['a read arc', '<arc id="x" source="i" target="t" type="test"/>', /"test"/],
  [
    'a coloured place',
    '<place id="c"><type><structure><usersort declaration="s"/></structure></type></place>',
    /coloured/,
  ],
  [
    'a coloured marking',
    '<place id="c"><hlinitialMarking><text>1`x</text></hlinitialMarking></place>',
    /coloured/,
  ],
  [
    'tokens of another colour',
    '<place id="c"><initialMarking><value>Default,1,Red,2</value></initialMarking></place>',
    /Red/,
  ],
  ['a guard', '<transition id="c"><condition><text>x > 1</text></condition></transition>', /condition/],
  ['a time', '<transition id="c"><delay><interval/></delay></transition>', /timed/],
  ['a capacity', '<place id="c"><capacity><value>2</value></capacity></place>', /capacity of 2/],
  ['a preference', '<transition id="c"><priority><value>2</value></priority></transition>', /<priority>/],
  ['an arc between places', '<arc id="x" source="i" target="o"/>', /from a place to a place/],
  ['an arc between transitions', '<arc id="x" source="t" target="t"/>', /from a transition to a transition/],
  ['an arc to nowhere', '<arc id="x" source="i" target="nowhere"/>', /"nowhere"/],
  ['an arc without ends', '<arc id="x"/>', /source ""/],
  ['an id that is taken', '<transition id="i"/>', /already used in line 3/],
  ['an arc that comes twice', '<arc id="a" source="i" target="t"/>', /"a" is already used in line 3/],
  ['no id', '<place/>', /no id/],
  ['a negative marking', '<place id="c"><initialMarking><text>-1</text></initialMarking></place>', /"-1"/],
  ['half a token', '<place id="c"><initialMarking><text>0.5</text></initialMarking></place>', /"0.5"/],
  ['an empty marking', '<place id="c"><initialMarking><text/></initialMarking></place>', /""/],
  [
    'two markings',
    '<place id="c"><initialMarking><text>1</text><value>2</value></initialMarking></place>',
    /"1 2"/,
  ],
  [
    'a label that comes twice',
    '<place id="c"><initialMarking>1</initialMarking><initialMarking>1</initialMarking></place>',
    /second/,
  ],
  [
    'a huge marking',
    `<place id="c"><initialMarking><text>${'9'.repeat(400)}</text></initialMarking></place>`,
    /9…/,
  ],
  [
    'a huge weight',
    '<arc id="x" source="i" target="t"><inscription><text>1e9</text></inscription></arc>',
    /"1e9"/,
  ],
  [
    'no weight at all',
    '<arc id="x" source="i" target="t"><inscription><text>0</text></inscription></arc>',
    /"0"/,
  ],
  [
    'a marking of a transition',
    '<transition id="c"><initialMarking><text>1</text></initialMarking></transition>',
    /has no/,
  ],
  ['a reference to itself', '<referencePlace id="c" ref="c"/>', /leads to none/],
  ['a reference to another kind', '<referenceTransition id="c" ref="i"/>', /which is none/],
  ['a place in a place', '<place id="c"><place id="d"/></place>', /stands in <place>/],
  ['a place in what is not known', '<module><place id="c"/></module>', /stands in <module>/],
  ['a net in a page', '<page id="x"><net id="y"/></page>', /second net/],
  ['an entity', '<place id="c"><name><text>&bomb;</text></name></place>', /entity/],
];

describe('what would make another net of it is refused at its line:', () => {
  const around = (line: string) => `<pnml>
<net id="n">
${line}
<place id="i"><initialMarking><text>1</text></initialMarking></place><place id="o"/>
<transition id="t"><priority><value>1</value></priority></transition>
<arc id="a" source="i" target="t"/><arc id="b" source="t" target="o"/>
</net>
</pnml>`;

  it.each(REFUSED)('%s is said to be what it is', (_, line, said) => {
    const { net, defects } = readPnml(around(line));
    expect(net).toBeUndefined();
    expect(defects.map(({ message }) => message).join()).toMatch(said);
    for (const { message } of defects) expect(message).toMatch(/(; .+|remove .+)\.$/);
  });

  it('with a defect in each of two lines, each at its line', () => {
    const text = around(
      '<arc id="x" source="i" target="t"><type value="inhibitor"/></arc>\n<arc id="y" source="i" target="o"/>',
    );
    expect(readPnml(text).defects.map(({ line, column }) => [line, column])).toEqual([
      [3, 35],
      [4, 1],
    ]);
  });

  it.each([
    'http://www.pnml.org/version-2009/grammar/symmetricnet',
    'http://www.pnml.org/version-2009/grammar/highlevelnet',
    'http://www.pnml.org/version-2009/grammar/pt-hlpng',
    'http://www.pnml.org/version-2009/extensions/resetinhibitorptnet',
    'hlcore',
    'http://example.org/Time-PetriNet',
  ])('a net of the type %s', (type) => {
    const { net, defects } = readPnml(`<pnml>\n<net id="n" type="${type}"/></pnml>`);
    expect([net, defects.length, defects[0]?.line]).toEqual([undefined, 1, 2]);
    expect(defects[0]?.message).toContain(type);
  });

  it.each([
    ['another document', '<workspaceElements/>', 'root element is <workspaceElements>'],
    ['another language', 'PLACE i, o; MARKING i: 1;', 'not well-formed'],
    ['nothing', '', 'root element'],
    ['no net', '<pnml/>', 'holds no <net>'],
    ['two nets', '<pnml><net id="a"/><net id="b"/></pnml>', 'second net'],
    ['pages without end', `<pnml><net id="n">${'<page id="p">'.repeat(5_000)}`, 'nested deeper than 100'],
    [
      'a document type with an outer entity',
      '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><pnml>&x;</pnml>',
      'document type',
    ],
    [
      'an encoding that is unknown',
      '<?xml version="1.0" encoding="klingon"?><pnml/>',
      '"klingon" is not known',
    ],
    ['bytes that are no text', Buffer.from([0x3c, 0x70, 0xff, 0xfe, 0x80]), 'is not UTF-8'],
    [
      'attributes without end',
      `<pnml><net ${Array.from({ length: 5_000 }, (_, at) => `a${at}=""`).join(' ')}`,
      'more than 1000 attributes',
    ],
    ['more than is read', `<pnml><!--${'x'.repeat(64_000_000)}`, 'larger than 64000000'],
  ])('a file that holds %s', (_, source, said) => {
    const { net, defects } = readPnml(typeof source === 'string' ? Buffer.from(source) : source);
    expect([net, defects.length]).toEqual([undefined, 1]);
    expect(defects[0]?.message).toContain(said);
  });

  it('lists a hundred defects and counts the others', () => {
    const text = `<pnml><net id="n">${'<arc source="a" target="b"/>\n'.repeat(1_000)}</net></pnml>`;
    const { defects } = readPnml(text);
    expect(defects.length).toBe(101);
    expect(defects.at(-1)).toMatchObject({ line: 51, message: expect.stringContaining('1900 more') });
  });

  it('twenty thousand references in one row lead to their end, in a circle to none', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `<referencePlace id="r${at}" ref="r${at + 1}"/>`);
    const end = (place: string) => `<pnml><net id="n">${rows.join('')}${place}</net></pnml>`;
    expect(readPnml(end('<place id="r20000"/>')).net?.places).toEqual(['r20000']);
    expect(readPnml(end('<referencePlace id="r20000" ref="r0"/>')).defects.length).toBe(101);
  });
});

it('findings about markings name a place of them, and the others the net', () => {
  const net: Net = {
    places: ['i', 'a', 'b', 'c', 'o'],
    transitions: [
      {
        name: 'begin',
        pre: [[0, 1]],
        post: [
          [1, 1],
          [2, 1],
        ],
      },
      {
        name: 'never',
        pre: [
          [1, 1],
          [3, 1],
        ],
        post: [[4, 1]],
      },
      { name: 'drain', pre: [[2, 1]], post: [[3, 1]] },
      { name: 'again', pre: [[3, 1]], post: [[2, 1]] },
    ],
    initial: [1, 0, 0, 0, 0],
  };
  for (const { code, names } of checkNet(net).findings)
    expect([code, net.places.includes(names ?? '')]).toEqual([code, true]);
});

/** Text that XML can carry and nobody trims. */
const label = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .map((text) => [...text.toWellFormed()].filter((each) => /[\t\n\r]|[^\p{Cc}\ufffe\uffff]/u.test(each)))
  .map((all) => all.join('').trim())
  .filter((text) => text !== '');

it('writing a net and reading it gives the same net: names, weights and marking', () => {
  const nets = fc.oneof(workflowNets, generalNets);
  const most = fc.integer({ min: 1, max: 1_000_000_000 });
  const names = fc.uniqueArray(label, { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(
      nets,
      names,
      fc.array(most, { minLength: 20, maxLength: 20 }),
      label,
      (net, all, large, title) => {
        const weighed = (arcs: Net['transitions'][number]['pre'], shift: number) =>
          arcs.map(
            ([place, weight]) => [place, weight > 1 ? (large[(place + shift) % 20] ?? 1) : 1] as const,
          );
        const written: Net = {
          places: net.places.map((_, at) => all[at] ?? `p${at}`),
          transitions: net.transitions.map(({ pre, post }, at) => ({
            name: all[at + net.places.length] ?? `t${at}`,
            ...{ pre: weighed(pre, at), post: weighed(post, at + 1) },
          })),
          initial: net.initial.map((tokens, at) => (tokens > 1 ? (large[at % 20] ?? 0) : tokens)),
        };
        for (const source of [writePnml(written, title), Buffer.from(writePnml(written, title))]) {
          const read = readPnml(source);
          expect(read).toMatchObject({ net: written, name: title, defects: [] });
          expect(read.where.size).toBe(written.places.length + written.transitions.length);
        }
      },
    ),
    { numRuns: runs(150, 500) },
  );
});
