/**
 * What can be said of a condition in a configuration: it holds, it does not, or it may be either. In which state a region is
 * and which times are over is known; attributes, ballots, revisions and senders may be anything.
 */
import { evaluate } from './conditions/evaluate.ts';
import { print } from './conditions/print.ts';
import { type Condition, childrenOf } from './conditions/tree.ts';
import { readsOf } from './conditions/variables.ts';

/** Undefined: may be either. */
export type Chance = boolean | undefined;

/** What is known: the state of each region by its name, and the names of the timers that are over. */
export interface Known {
  readonly regions: Readonly<Record<string, string>>;
  readonly elapsed: Readonly<Record<string, true>>;
}

/** Where a change is, as far as conditions can be sure of it. */
export interface Situation {
  readonly top: { readonly regions: readonly { readonly name: string }[] };
  readonly inner: readonly { readonly name: string }[];
  readonly marks: readonly string[];
}

/** What conditions may be sure of here. */
export function knownIn({ top, inner, marks }: Situation): Known {
  // Names are the author's: nothing is inherited here.
  const regions: Record<string, string> = Object.create(null);
  for (const [index, { name }] of top.regions.entries()) regions[name] = inner[index]?.name ?? '';
  const elapsed: Record<string, true> = Object.create(null);
  for (const mark of marks) {
    const colon = mark.indexOf(':');
    if (colon >= 0) elapsed[mark.slice(colon + 1)] = true;
  }
  return { regions, elapsed };
}

/** What to take for a part that may be either. */
export type Assume = (part: Condition) => Chance;

/** Kleene's logic; `assume` decides the parts that are not known. */
export function chanceOf(tree: Condition, known: Known, assume: Assume = () => undefined): Chance {
  switch (tree.kind) {
    case 'not': {
      const inner = chanceOf(tree.of, known, assume);
      return inner === undefined ? undefined : !inner;
    }
    case 'and':
    case 'or': {
      const decisive = tree.kind === 'or';
      let isOpen = false;
      for (const part of tree.parts) {
        const chance = chanceOf(part, known, assume);
        if (chance === decisive) return decisive;
        isOpen ||= chance === undefined;
      }
      return isOpen ? undefined : !decisive;
    }
    default:
      return isKnowable(tree) ? evaluate(tree, known as unknown as Record<string, unknown>) : assume(tree);
  }
}

/**
 * Whether a part is sure to hold, asked in one configuration after the other. A part that looks at one region alone is worked
 * out once for each state of it.
 */
export function sureness(part: Condition): (at: Situation) => boolean {
  const anew = (at: Situation) => chanceOf(part, knownIn(at)) === true;
  const [path = '', ...others] = readsOf(part);
  if (others.length > 0 || !path.startsWith(REGIONS)) return anew;
  const region = path.slice(REGIONS.length);
  const answers = new Map<string, boolean>();
  return (at) => {
    const place = at.inner[indexOf(at.top.regions, region)];
    if (!place) return anew(at);
    let answer = answers.get(place.name);
    if (answer === undefined) {
      answer = anew(at);
      answers.set(place.name, answer);
    }
    return answer;
  };
}

const REGIONS = 'regions.';

function indexOf(regions: Situation['top']['regions'], name: string): number {
  for (let index = 0; index < regions.length; index += 1) if (regions[index]?.name === name) return index;
  return -1;
}

const knowable = new WeakMap<Condition, boolean>();

function isKnowable(part: Condition): boolean {
  const before = knowable.get(part);
  if (before !== undefined) return before;
  const is = readsOf(part).every((path) => path.startsWith(REGIONS) || path.startsWith('elapsed.'));
  knowable.set(part, is);
  return is;
}

/** The parts of a condition that may be either, by their text. */
export function openParts(tree: Condition, found = new Map<string, Condition>()): Map<string, Condition> {
  if (tree.kind === 'and' || tree.kind === 'or' || tree.kind === 'not')
    for (const child of childrenOf(tree)) openParts(child, found);
  else if (!isKnowable(tree)) found.set(print(tree), tree);
  return found;
}
