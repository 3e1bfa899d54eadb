/**
 * What comes of a trigger that one place hears alone: the same wherever the other regions are, unless a condition looks at
 * them. So it is worked out once.
 */
import { firstRule } from './check-asked.ts';
import type { Situation } from './check-chance.ts';
import { Overflow } from './check-configuration.ts';
import { type Knowledge, NOTHING } from './check-knowledge.ts';
import type { Candidate, Model } from './check-model.ts';
import type { Transition } from './definition.ts';
import type { Leaving } from './paths.ts';

/** A transition that is taken, and what is known then. */
export interface Answer {
  readonly to: string;
  readonly label: readonly string[];
  /** The same array for the same rule. */
  readonly taken: readonly Transition[];
  readonly facts: Knowledge;
}

const memories = new WeakMap<Model, Map<readonly Candidate[], readonly Answer[]>>();

/** What may come of a trigger that only `candidates` hear, for every kind of sender; votes alone lead nowhere. */
export function answersTo(model: Model, candidates: readonly Candidate[], at: Situation): readonly Answer[] {
  let memory = memories.get(model);
  if (!memory) {
    memory = new Map();
    memories.set(model, memory);
  }
  const known = memory.get(candidates);
  if (known) return known;
  const answers = answersOf(model, candidates, at);
  const isSame = candidates.every(({ rule }) => rule.if === undefined || !model.knowing.looksAround(rule.if));
  if (isSame) memory.set(candidates, answers);
  return answers;
}

function answersOf(model: Model, candidates: readonly Candidate[], at: Situation): readonly Answer[] {
  if (candidates.every(({ to }) => to === undefined)) return [];
  const trigger = candidates[0]?.rule.trigger ?? '';
  const answers = new Map<string, Answer>();
  const transitions = candidates.map(({ transition }) => (transition ? [transition] : []));
  for (const permitted of activeSets(model, trigger, candidates)) {
    const among = candidates.filter(({ rule }) => permitted.has(rule));
    firstRule(model, among, NOTHING, at, (pick, so) => {
      if (pick?.to === undefined) return;
      const facts = model.knowing.after(so, pick.rule);
      const number = candidates.indexOf(pick);
      const taken = transitions[number] ?? [];
      answers.set(`${number} ${facts.key}`, { to: pick.to, label: [trigger], taken, facts });
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
