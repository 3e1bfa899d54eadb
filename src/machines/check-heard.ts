/**
 * What comes of a trigger that one place hears alone: the same wherever the other regions are, unless a condition looks at
 * them. So it is worked out once.
 */
import { firstRule } from './check-asked.ts';
import type { Situation } from './check-chance.ts';
import { conditionsOn, Overflow } from './check-configuration.ts';
import { type Knowledge, NOTHING } from './check-knowledge.ts';
import type { Candidate, Configuration, Model } from './check-model.ts';
import type { ConditionText, Transition } from './definition.ts';
import type { Leaving } from './paths.ts';

/** A transition that is taken, and what is known then. */
export interface Answer {
  readonly to: string;
  readonly label: readonly string[];
  /** The same array for the same rule. */
  readonly taken: readonly Transition[];
  readonly conditions: readonly ConditionText[];
  readonly facts: Knowledge;
}

/** What may come of some triggers, for every kind of sender. */
export interface Answers {
  readonly all: readonly Answer[];
  /** Whether one transition may be taken with different things known. */
  readonly isManifold: boolean;
}

type Triggers = ReadonlyMap<string, readonly Candidate[]>;

interface Memory {
  readonly places: Map<Triggers, Answers | undefined>;
  readonly triggers: Map<readonly Candidate[], Answers>;
}

const memories = new WeakMap<Model, Memory>();

function memoryOf(model: Model): Memory {
  const known = memories.get(model);
  if (known) return known;
  const memory = { places: new Map(), triggers: new Map() };
  memories.set(model, memory);
  return memory;
}

/** What may come of all that one place hears; undefined where others hear some of it, or a condition looks at them. */
export function answersIn(model: Model, at: Configuration, triggers: Triggers): Answers | undefined {
  const memory = memoryOf(model).places;
  const known = memory.get(triggers);
  if (known || memory.has(triggers)) return known;
  const isAlone = [...triggers].every(
    ([trigger, candidates]) => !at.top.shared.has(trigger) && !lookAround(model, candidates),
  );
  const all = isAlone ? [...triggers.values()].map((each) => answersTo(model, each, at)) : undefined;
  const answers = all && {
    all: all.flatMap((each) => each.all),
    isManifold: all.some(({ isManifold }) => isManifold),
  };
  memory.set(triggers, answers);
  return answers;
}

/** What may come of a trigger that only `candidates` hear; votes alone lead nowhere. */
export function answersTo(model: Model, candidates: readonly Candidate[], at: Situation): Answers {
  const memory = memoryOf(model).triggers;
  const known = memory.get(candidates);
  if (known) return known;
  const all = answersOf(model, candidates, at);
  const answers = { all, isManifold: new Set(all.map(({ taken }) => taken)).size < all.length };
  if (!lookAround(model, candidates)) memory.set(candidates, answers);
  return answers;
}

/** Whether a condition of theirs looks at other regions. */
function lookAround({ knowing }: Model, candidates: readonly Candidate[]): boolean {
  return candidates.some(({ rule }) => rule.if !== undefined && knowing.looksAround(rule.if));
}

function answersOf(model: Model, candidates: readonly Candidate[], at: Situation): readonly Answer[] {
  if (candidates.every(({ to }) => to === undefined)) return [];
  const trigger = candidates[0]?.rule.trigger ?? '';
  const answers = new Map<string, Answer>();
  const ways = candidates.map(({ transition }) => {
    const taken = transition ? [transition] : [];
    return { taken, conditions: conditionsOn(taken), label: [trigger] };
  });
  for (const permitted of activeSets(model, trigger, candidates)) {
    const among = candidates.filter(({ rule }) => permitted.has(rule));
    firstRule(model, among, NOTHING, at, (pick, so) => {
      if (pick?.to === undefined) return;
      const facts = model.knowing.after(so, pick.rule);
      const number = candidates.indexOf(pick);
      const way = ways[number];
      if (way) answers.set(`${number} ${facts.key}`, { to: pick.to, facts, ...way });
    });
  }
  return [...answers.values()];
}

/** Which of the rules that stand here one sender may satisfy together. */
export function activeSets(model: Model, trigger: string, all: readonly Candidate[]): ReadonlySet<Leaving>[] {
  if (all.length === 1) return all.map(({ rule }) => new Set([rule]));
  const sets = model.permitted(trigger);
  if (!sets) throw new Overflow();
  const found = new Map<string, ReadonlySet<Leaving>>();
  for (const set of sets) {
    const here = all.flatMap(({ rule }, index) => (set.has(rule) ? [index] : []));
    found.set(here.join(), set);
  }
  return [...found.values()];
}
