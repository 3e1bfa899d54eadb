/**
 * What conditions may read of a change, and whether they hold. Everything comes out of the snapshot and the event; what was
 * never said is the zero of its type.
 */
import { LRUCache } from 'lru-cache';
import type { StateValue } from 'xstate';
import { invariant } from '../errors.ts';
import { evaluate } from './conditions/evaluate.ts';
import { explain } from './conditions/explain.ts';
import { parseCondition } from './conditions/parse.ts';
import type { Condition } from './conditions/tree.ts';
import type { ChangeContext, Sender } from './context.ts';
import type { ConditionText, Definition } from './definition.ts';
import { dependencyFacts } from './dependencies.ts';
import { statusOf, tallyOf } from './standing.ts';

/** Values by name, records inside records: what a condition's paths lead through. */
export type Facts = Readonly<Record<string, unknown>>;

const trees = new LRUCache<ConditionText, Condition>({ max: 10_000 });

/** The tree of a canonical text. */
export function treeOf(text: ConditionText): Condition {
  const known = trees.get(text);
  if (known) return known;
  const parsed = parseCondition(text);
  invariant(parsed.ok, `the schema lets no condition like "${text}" pass`);
  trees.set(text, parsed.tree);
  return parsed.tree;
}

export function holds(text: ConditionText, facts: Facts): boolean {
  return evaluate(treeOf(text), facts);
}

/** The facts that decided, in people's words. */
export function reasonsFor(text: ConditionText, facts: Facts): string[] {
  return [...explain(treeOf(text), facts)];
}

/** `value` is the state the change is in; without it `regions` is empty. */
export function factsOf(
  definition: Definition,
  context: ChangeContext,
  value?: StateValue,
  sender?: Sender,
): Facts {
  const facts: Record<string, unknown> = {
    attributes: attributesOf(definition, context),
    author: context.author,
    authorKind: context.authorKind ?? 'person',
    revision: context.revision ?? NO_REVISION,
    regions: value === undefined ? {} : regionsOf(value),
    elapsed: elapsedOf(context),
    threads: { open: context.threads?.length ?? 0 },
    dependencies: dependencyFacts(context),
    sender: sender ?? {},
  };
  // Ballots may ask for other ballots in their conditions; each is judged when it is first read.
  facts.ballots = lazily(definition, context, facts);
  return facts;
}

const NO_REVISION = { number: 0, author: '', uploader: '', files: [], lines: 0 };

export function attributesOf({ attributes = {} }: Definition, context: ChangeContext): Facts {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { initial }]) => [name, context.attributes?.[name] ?? initial]),
  );
}

function regionsOf(value: StateValue): Facts {
  if (typeof value === 'string') return {};
  return Object.values(value)[0] as Facts;
}

/** `Review.code.pending:quiet` is read as `elapsed.quiet`. */
function elapsedOf({ elapsed = [] }: ChangeContext): Facts {
  return Object.fromEntries(elapsed.map((name) => [name.slice(name.indexOf(':') + 1), true]));
}

function lazily({ ballots = {} }: Definition, context: ChangeContext, facts: Facts): Facts {
  const judged: Record<string, unknown> = {};
  for (const [name, ballot] of Object.entries(ballots))
    Object.defineProperty(judged, name, {
      enumerable: true,
      configurable: true,
      get() {
        const { approvals, rejections, isVetoed } = tallyOf(ballot, context, name);
        const status = statusOf(ballot, name, context, (text) => holds(text, facts));
        const value = { approvals, rejections, vetoed: isVetoed, status, passed: status !== 'unsatisfied' };
        Object.defineProperty(judged, name, { value, enumerable: true });
        return value;
      },
    });
  return judged;
}
