/** Nets to measure the check with: families from the literature, and nets of the shape and size of industrial processes. */
import type { Net, NetTransition } from '../src/machines/nets/net.ts';

/** Lines as `t: a+b->c`; one token on each of `marked`. */
export function netFrom(lines: readonly string[], marked: readonly string[] = ['i']): Net {
  const numbers = new Map<string, number>();
  const number = (name: string) => {
    numbers.set(name, numbers.get(name) ?? numbers.size);
    return numbers.get(name) ?? 0;
  };
  const initial: number[] = [];
  for (const name of marked) initial[number(name)] = (initial[number(name)] ?? 0) + 1;
  const transitions = lines.map((line): NetTransition => {
    const [name = '', rest = ''] = line.split(': ');
    const [pre = [], post = []] = rest
      .split('->')
      .map((side) => side.split('+').map((each) => [number(each), 1] as const));
    return { name, pre, post };
  });
  const places = [...numbers.keys()];
  return { places, transitions, initial: places.map((_, place) => initial[place] ?? 0) };
}

/** `k` branches of `s` steps: (s+1)^k + 2 markings. */
export function parallel(k: number, s: number): Net {
  const branches = Array.from({ length: k }, (_, branch) => branch);
  const all = (step: number) => branches.map((branch) => `p${branch}_${step}`).join('+');
  const steps = branches.flatMap((branch) =>
    Array.from({ length: s }, (_, step) => `t${branch}_${step}: p${branch}_${step}->p${branch}_${step + 1}`),
  );
  return netFrom([`split: i->${all(0)}`, ...steps, `join: ${all(s)}->o`]);
}

/** `k` who eat with two forks, taken one after the other: they can stand still, and nothing of them reduces. */
export function philosophers(k: number): Net {
  const seats = Array.from({ length: k }, (_, seat) => seat);
  return netFrom(
    seats.flatMap((seat) => {
      const [left, right] = [`f${seat}`, `f${(seat + 1) % k}`];
      return [
        `left${seat}: thinks${seat}+${left}->waits${seat}`,
        `right${seat}: waits${seat}+${right}->eats${seat}`,
        `done${seat}: eats${seat}->thinks${seat}+${left}+${right}`,
      ];
    }),
    seats.flatMap((seat) => [`thinks${seat}`, `f${seat}`]),
  );
}

/** Sequences, choices, parallel parts and loops in each other, `size` tasks; `flaws` arcs too many. */
export function process(seed: number, size: number, flaws: number): Net {
  const roll = die(seed);
  const lines: string[] = [];
  let count = 0;
  const fresh = () => `p${count++}`;
  const block = (tasks: number, from: string, to: string): void => {
    if (tasks <= 1) {
      lines.push(`t${lines.length}: ${from}->${to}`);
      return;
    }
    const [first, kind] = [1 + roll(tasks - 1), roll(10)];
    const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
    if (kind < 5) {
      block(first, from, a);
      block(tasks - first, a, to);
    } else if (kind < 7) {
      block(first, from, to);
      block(tasks - first, from, to);
    } else if (kind < 9) {
      lines.push(`split${lines.length}: ${from}->${a}+${b}`, `join${lines.length}: ${c}+${d}->${to}`);
      block(first, a, c);
      block(tasks - first, b, d);
    } else {
      lines.push(`in${lines.length}: ${from}->${a}`, `out${lines.length}: ${b}->${to}`);
      block(first, a, b);
      block(tasks - first, b, a);
    }
  };
  lines.push('begin: i->first', 'end: last->o');
  block(size, 'first', 'last');
  const used = [...new Set(lines.flatMap((line) => line.match(/\bp\d+/g) ?? []))];
  for (let flaw = 0; flaw < flaws; flaw += 1) {
    const at = 2 + roll(lines.length - 2);
    const [before, after] = lines[at]?.split('->') ?? [];
    const other = used[roll(used.length)];
    lines[at] = roll(2) === 0 ? `${before}->${after}+${other}` : `${before}+${other}->${after}`;
  }
  return netFrom(lines);
}

/** The same numbers in every run (mulberry32). */
function die(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}
