/** Small nets with known verdicts, the family that only reductions survive, and nets that are not nets. */
import { describe, expect, it } from 'vitest';
import type { Net } from '../../../src/machines/nets/net.ts';
import { readPnml, writePnml } from '../../../src/machines/nets/pnml.ts';
import { checkNet } from '../../../src/machines/nets/soundness.ts';

/** "submit: i->r; review: r->d" as a net. */
function netOf(text: string, initial: Readonly<Record<string, number>> = {}): Net {
  const places: string[] = [];
  const placeOf = (name: string) => {
    if (!places.includes(name)) places.push(name);
    return places.indexOf(name);
  };
  const arcs = (side: string) =>
    side.split('+').map((each) => {
      const [, weight = '1', name = ''] = /^(?:(\d+)\*)?(\w+)$/.exec(each.trim()) ?? [];
      return [placeOf(name), Number(weight)] as const;
    });
  const transitions = text.split(';').map((part) => {
    const [name = '', rule = ''] = part.split(':');
    const [pre = '', post = ''] = rule.split('->');
    return { name: name.trim(), pre: arcs(pre), post: arcs(post) };
  });
  return { places, transitions, initial: places.map((name) => initial[name] ?? 0) };
}

function par(k: number, s: number): Net {
  const regions = Array.from({ length: k }, (_, j) => j + 1);
  const steps = regions.flatMap((j) =>
    Array.from({ length: s }, (_, q) => `t${j}_${q}: p${j}_${q}->p${j}_${q + 1}`),
  );
  const split = `split: i->${regions.map((j) => `p${j}_0`).join('+')}`;
  const join = `join: ${regions.map((j) => `p${j}_${s}`).join('+')}->o`;
  return netOf([split, ...steps, join].join('; '));
}

const CASES: readonly (readonly [string, string, readonly string[], number | null, number | null])[] = [
  ['a sequence', 'submit: i->r; review: r->d; close: d->o', [], 4, 3],
  ['two reviews and a join', 'submit: i->s+c; secOk: s->s2; codeOk: c->c2; join: s2+c2->o', [], 6, 6],
  [
    'a choice closed by a join',
    't1: i->b; t2: b->c; t3: b->d; t4: c+d->o',
    ['DEADLOCK', 'DEAD_TRANSITION'],
    4,
    3,
  ],
  ['a split closed by a choice', 't1: i->b+c; t3: b->o; t4: c->o', ['IMPROPER_COMPLETION', 'UNSAFE'], 5, 5],
  [
    'a circle without exit',
    't1: i->p; ok: p->o; esc: p->r; ping: r->s; pong: s->r; exit: r+s->o',
    ['LIVELOCK', 'DEAD_TRANSITION'],
    5,
    5,
  ],
  [
    'a loop of requested changes',
    'submit: i->rev; approve: rev->ap; changes: rev->fix; resubmit: fix->rev; merge: ap->o',
    [],
    5,
    5,
  ],
  [
    'a generator of comments',
    't1: i->p; comment: p->p+q; stop: p->r; drain: r+q->r; close: r->o',
    ['UNBOUNDED'],
    null,
    null,
  ],
  [
    'a rejection that starts both again',
    'submit: i->a+b; okA: a->a2; rejA: a->draft; resubmit: draft->a+b; okB: b->b2; done: a2+b2->o',
    ['UNBOUNDED'],
    null,
    null,
  ],
  [
    'the same, where a rejection withdraws the sibling',
    'submit: i->a+b; okA: a->a2; okB: b->b2; rejA1: a+b->draft; rejA2: a+b2->draft; rejB1: a+b->draft; rejB2: a2+b->draft; resubmit: draft->a+b; done: a2+b2->o',
    [],
    7,
    11,
  ],
  [
    'a double rejection without a join',
    'submit: i->a+b; okA: a->a2; rejA: a->na; okB: b->b2; rejB: b->nb; yes: a2+b2->o; no1: na+b2->o; no2: a2+nb->o',
    ['DEADLOCK'],
    11,
    16,
  ],
];

describe('a workflow net', () => {
  it('names what is dead in a net that grows in many places at once', () => {
    const net = netOf(
      [
        't17: p11->p14; t20: p14+p15+p16+p22->p4; t7: p1->p28+p29+p30; t25: p21->p23; t9: p3->p6;',
        't26: p22->p24; t41: p39->p38; t18: p12->p21+p22; t0: i->p38; t42: p38->p1+p2+p3;',
        't10: p4+p5+p6->o; t19: p13->p16; t37: p31+p32+p33->p11+p12+p13; t35: p29->p32;',
        't8: p2->p5; t36: p30->p33; t27: p23+p24->p15; t43: p24->i; t40: p38->p39; t34: p28->p31',
      ].join(' '),
      { i: 1 },
    );
    const { kind, findings } = checkNet(net);
    expect(kind).toBe('general');
    expect(findings.flatMap(({ code, names }) => (code === 'DEAD_TRANSITION' ? [names] : [])).sort()).toEqual(
      ['t10', 't20'],
    );
  });

  it('tells each trap of its own, with the shortest way into it', () => {
    const { findings } = checkNet(
      netOf(
        'ok: i->o; a: i->p; a2: p->q; a3: q->p; b: i->x; b2: x->y; b3: x->z; y2: y->y; z2: z->z; late: x->p',
      ),
    );
    const traps = findings.filter(({ code }) => code === 'LIVELOCK');
    expect(traps.map(({ marking, trace }) => [marking, trace])).toEqual([
      [{ p: 1 }, ['a']],
      [{ x: 1 }, ['b']],
    ]);
  });

  it.each(CASES)('that is %s gets its verdict', (_, text, codes, states, edges) => {
    const verdict = checkNet(netOf(text), { count: 100_000 });
    expect(verdict).toMatchObject({
      kind: 'workflow',
      decided: true,
      sound: codes.length === 0,
      states,
      edges,
    });
    const found = new Set<string>(verdict.findings.map(({ code }) => code));
    for (const code of codes) expect(found).toContain(code);
  });

  it.each([
    [2, 1, 6],
    [5, 1, 34],
    [8, 1, 258],
    [10, 1, 1_026],
    [7, 2, 2_189],
  ])('of %i regions with %i steps is sound, with its number of markings', (k, s, states) => {
    expect(checkNet(par(k, s), { count: 100_000 })).toMatchObject({ sound: true, states });
  });

  it('of thirty regions with four steps is decided, and counted, without visiting 5^30 markings', () => {
    const { sound, decided, states } = checkNet(par(30, 4));
    expect([sound, decided]).toEqual([true, true]);
    expect((states ?? 0) / 5 ** 30).toBeCloseTo(1, 9);
  });

  it('that is written as PNML is read again as the same net', () => {
    for (const [, text] of CASES) {
      const net = netOf(text, { i: 1 });
      const read = readPnml(writePnml(net, 'again'));
      expect(read.defects).toEqual([]);
      expect(read.net).toEqual(net);
    }
  });
});

describe('what is no net', () => {
  it.each([
    ['no XML at all', 'places: a, b'],
    ['a bomb of entities', '<!DOCTYPE a [<!ENTITY x "xxxx">]><pnml>&x;</pnml>'],
    [
      'an arc to nowhere',
      '<pnml><net id="n"><place id="p"/><arc id="a" source="p" target="q"/></net></pnml>',
    ],
    ['an id used twice', '<pnml><net id="n"><place id="p"/><place id="p"/></net></pnml>'],
    ['an element that does not end', '<pnml><net id="n"><place id="p">'],
  ])('as %s is refused with its place', (_, text) => {
    const { net, defects } = readPnml(text);
    expect(net).toBeUndefined();
    expect(defects.length).toBeGreaterThan(0);
    expect(defects[0]).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
  });
});
