/** Nets by chance: workflow nets wild and almost sound, with one sink and several, and nets of any shape with weights. */
import fc from 'fast-check';
import type { Net } from '../../../src/machines/nets/net.ts';

/** `t: a+b->c` as in the tables of the literature; one token on `i`, where no other marking is given. */
export function netFrom(text: string, marked: readonly string[] = ['i']): Net {
  const places: string[] = [];
  const number = (name: string) => {
    if (!places.includes(name)) places.push(name);
    return places.indexOf(name);
  };
  for (const name of marked) number(name);
  const arcs = (side: string) => {
    const weights = new Map<number, number>();
    for (const part of side.split('+').filter((each) => each.trim() !== '')) {
      const [, times, name = ''] = /^\s*(?:(\d+)\*)?(.*?)\s*$/.exec(part) ?? [];
      weights.set(number(name), (weights.get(number(name)) ?? 0) + Number(times ?? 1));
    }
    return [...weights];
  };
  const transitions = text
    .split(';')
    .filter((each) => each.trim() !== '')
    .map((line) => {
      const [name = '', rest = ''] = line.split(': ');
      const [pre = '', post = ''] = rest.split('->');
      return { name: name.trim(), pre: arcs(pre), post: arcs(post) };
    });
  return {
    places,
    transitions,
    initial: places.map((name) => marked.filter((each) => each === name).length),
  };
}

/** `k` branches of `s` steps each between a split and a join: (s+1)^k + 2 markings. */
export function par(k: number, s: number): Net {
  const branches = Array.from({ length: k }, (_, branch) => branch + 1);
  const steps = branches.flatMap((branch) =>
    Array.from({ length: s }, (_, step) => `t${branch}_${step}: p${branch}_${step}->p${branch}_${step + 1}`),
  );
  const all = (step: number) => branches.map((branch) => `p${branch}_${step}`).join('+');
  return netFrom([`split: i->${all(0)}`, ...steps, `join: ${all(s)}->o`].join('; '));
}

const wild = (sinks: number): fc.Arbitrary<Net> =>
  fc.integer({ min: 1, max: 5 }).chain((inner) => {
    const names = Array.from({ length: inner }, (_, index) => `p${index}`);
    const ends = Array.from({ length: sinks }, (_, index) => (index === 0 ? 'o' : `o${index}`));
    const side = (from: readonly string[]) =>
      fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: 2 });
    const transition = fc.tuple(side(names), side([...names, ...ends]));
    return fc
      .tuple(
        side(names),
        fc.array(transition, { minLength: 1, maxLength: 6 }),
        fc.tuple(...ends.map(() => side(names))),
      )
      .map(([first, middle, last]) =>
        netFrom(
          [
            `begin: i->${first.join('+')}`,
            ...middle.map(([pre, post], index) => `t${index}: ${pre.join('+')}->${post.join('+')}`),
            ...last.map((pre, index) => `end${index}: ${pre.join('+')}->${ends[index]}`),
          ].join('; '),
        ),
      );
  });

type Block = { kind: 'step' } | { kind: 'seq' | 'and' | 'xor' | 'loop'; parts: Block[] };

const { block } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant<Block>({ kind: 'step' }),
    fc.record({
      kind: fc.constantFrom('seq' as const, 'and' as const, 'xor' as const, 'loop' as const),
      parts: fc.array(tie('block'), { minLength: 2, maxLength: 2 }),
    }),
  ),
}));

/** Sound by construction: sequences, parallel blocks, choices and loops in each other. */
export function written(root: Block, ends = 1): string[] {
  const lines: string[] = [];
  let count = 0;
  const fresh = (kind: string) => `${kind}${count++}`;
  const write = ({ kind, ...rest }: Block, from: string, to: string): void => {
    const [one, other] = 'parts' in rest ? rest.parts : [];
    if (kind === 'step' || !one || !other) {
      lines.push(`${fresh('t')}: ${from}->${to}`);
      return;
    }
    const [a, b, c, d] = [fresh('p'), fresh('p'), fresh('p'), fresh('p')];
    if (kind === 'seq') {
      write(one, from, a);
      write(other, a, to);
    } else if (kind === 'and') {
      lines.push(`${fresh('split')}: ${from}->${a}+${b}`, `${fresh('join')}: ${c}+${d}->${to}`);
      write(one, a, c);
      write(other, b, d);
    } else if (kind === 'xor') {
      write(one, from, to);
      write(other, from, to);
    } else {
      lines.push(`${fresh('in')}: ${from}->${a}`, `${fresh('out')}: ${b}->${to}`);
      write(one, a, b);
      write(other, b, a);
    }
  };
  lines.push('begin: i->a');
  write(root, 'a', 'z');
  for (let end = 0; end < ends; end += 1) lines.push(`end${end}: z->${end === 0 ? 'o' : `o${end}`}`);
  return lines;
}

/** A sound net in which some lines are lost, or lead elsewhere. */
const almost = (sinks: number): fc.Arbitrary<Net> =>
  fc
    .tuple(block, fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 2 }))
    .map(([root, mutations]) => {
      const lines = written(root, sinks);
      for (const [which, where, isAdded] of mutations) {
        const inner = [...new Set(lines.flatMap((line) => line.match(/\bp\d+/g) ?? []))];
        const at = which % lines.length;
        const place = inner[where % Math.max(1, inner.length)];
        const [head = '', tail = ''] = (lines[at] ?? '').split('->');
        if (place === undefined || lines.length < 3) continue;
        if (isAdded) lines[at] = where % 2 ? `${head}+${place}->${tail}` : `${head}->${tail}+${place}`;
        else if (tail.includes('+')) lines[at] = `${head}->${tail.split('+')[where % 2]}`;
        else lines[at] = `${head}->${place}`;
      }
      return netFrom(lines.join('; '));
    });

export const workflowNets: fc.Arbitrary<Net> = fc.oneof(wild(1), almost(1), almost(1));
export const netsWithSinks: fc.Arbitrary<Net> = fc.oneof(wild(2), almost(2));

/** Any shape, with weights and more than one token; transitions may need nothing or leave nothing. */
export const generalNets: fc.Arbitrary<Net> = fc.integer({ min: 1, max: 5 }).chain((size) => {
  const arc = fc.tuple(fc.nat({ max: size - 1 }), fc.constantFrom(1, 1, 1, 2));
  const side = (minLength: number) =>
    fc.uniqueArray(arc, { minLength, maxLength: 2, selector: ([place]) => place });
  return fc
    .record({
      transitions: fc.array(
        fc.record({
          pre: fc.oneof({ weight: 9, arbitrary: side(1) }, { weight: 1, arbitrary: side(0) }),
          post: side(0),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      initial: fc.array(fc.constantFrom(0, 0, 1, 1, 2), { minLength: size, maxLength: size }),
    })
    .map(({ transitions, initial }) => ({
      places: initial.map((_, index) => `p${index}`),
      transitions: transitions.map((each, index) => ({ name: `t${index}`, ...each })),
      initial,
    }));
});
