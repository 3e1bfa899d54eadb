/** Who and what cases are made of: people and agents for every rule, revisions, facts a proposal may bring. */
import { conditionsOf } from '../../machines/check-condition-list.ts';
import { type Condition, childrenOf } from '../../machines/conditions/tree.ts';
import { readsOf } from '../../machines/conditions/variables.ts';
import type { Attribute, AttributeValue, Definition } from '../../machines/definition.ts';
import { treeOf } from '../../machines/facts.ts';
import type { Leaving } from '../../machines/paths.ts';
import type { Json } from '../../persistence/records.ts';
import type { Case, EventStep } from './cases.ts';

/** Most proposals that are tried, each with other attributes. */
const MAX_PROPOSALS = 24;
const OWNER = 'owner-1';

/** How many people of one role a definition may need: the largest number of votes it asks for, and never one alone. */
export function crowdOf({ ballots = {} }: Definition): number {
  const counts = Object.values(ballots).flatMap(({ needs }) =>
    needs.map((need) => (need.kind === 'count' ? need.count : need.kind === 'weight' ? 3 : 1)),
  );
  return Math.min(Math.max(2, ...counts), 8);
}

/** Those who may send what a rule asks for, one for each way in which it may be: the first of a kind first. */
export function sendersFor(definition: Definition, rule: Leaving): EventStep[] {
  const crowd = crowdOf(definition);
  const isAgent = rule.by.length > 0 && !rule.by.includes('person');
  const kind = isAgent ? (rule.by[0] ?? 'agent') : 'person';
  const votes = rule.ballot === undefined ? 1 : crowd;
  const names = rule.roles.length > 0 ? rule.roles : [''];
  const owners = asksOwners(definition, rule) ? [`${OWNER}:${rule.roles.join(',')}`] : [];
  const people = names.flatMap((role) =>
    Array.from({ length: votes }, (_, index) => `${role === '' ? 'somebody' : role}-${index + 1}:${role}`),
  );
  const author = `ann:${rule.roles.join(',')}`;
  return [...owners, ...people, author].map((who) => stepOf(rule, who, kind));
}

function asksOwners({ ballots = {} }: Definition, { ballot = '' }: Leaving): boolean {
  return ballots[ballot]?.needs.some((need) => need.kind === 'each' && need.of === 'owners') ?? false;
}

function stepOf(rule: Leaving, who: string, kind: 'person' | 'agent' | 'system'): EventStep {
  return {
    as: who.replace(/:$/, ''),
    ...(kind !== 'person' && { kind }),
    event: rule.trigger,
    ...(rule.reason === 'required' && { reason: 'as the case has it' }),
    ...(rule.sign !== undefined && { signs: true as const }),
  };
}

/** Those who may not: somebody without a role, the author, somebody who gives no reason. */
export function intrudersFor(rule: Leaving): EventStep[] {
  const all = rule.roles.join(',');
  const whole = stepOf(rule, `outsider:${all}`, rule.by[0] ?? 'person');
  const { reason: _reason, ...silent } = whole;
  const { signs: _signs, ...unsigned } = whole;
  return [
    ...(rule.roles.length > 0 ? [{ ...whole, as: 'outsider' }] : []),
    ...(rule.exclude.length > 0 ? [{ ...whole, as: `ann:${all}`.replace(/:$/, '') }] : []),
    ...(rule.reason === 'required' ? [silent] : []),
    ...(rule.sign !== undefined ? [unsigned] : []),
  ];
}

/** What else happens to a change, as far as the definition looks at it. */
export function eventsBeside(definition: Definition): EventStep[] {
  const reads = new Set(conditionsOf(definition).flatMap(({ text }) => readsOf(treeOf(text))));
  const ballots = Object.values(definition.ballots ?? {});
  const owned = ballots.some(({ needs }) =>
    needs.some((need) => need.kind === 'each' && need.of === 'owners'),
  );
  const owners = owned ? { owners: [{ name: 'src', members: [OWNER], files: ['src/a.ts'] }] } : {};
  const revised = [...reads].some((path) => path.startsWith('revision.'));
  const threads = reads.has('threads.open');
  const hearsRevisions = JSON.stringify(definition).includes('"on":"revision"');
  const ann = 'ann:'.concat(definition.revisions?.roles.join(',') ?? '').replace(/:$/, '');
  return [
    ...amendments(definition),
    ...(owned || revised || hearsRevisions
      ? [
          {
            as: ann,
            event: 'change.revise',
            data: { ...(owned && { files: ['src/a.ts'] }), ...owners } as unknown as Json,
          },
        ]
      : []),
    ...(threads
      ? [
          { as: 'somebody-1', event: 'thread.open', data: { thread: 'a question' } as Json },
          { as: 'ann', event: 'thread.resolve', data: { thread: 'a question' } as Json },
        ]
      : []),
  ];
}

/** Attributes that may be changed later, each to something else. */
function amendments({ attributes = {} }: Definition): EventStep[] {
  return Object.entries(attributes).flatMap(([name, { amend, type, oneOf, initial }]) => {
    if (!amend) return [];
    const others = { text: 'something else', int: 1, bool: !initial, list: ['something else'] } as const;
    const value = oneOf ? (oneOf.find((each) => each !== initial) ?? initial) : others[type];
    const as = amend.roles.length > 0 ? `${amend.roles[0]}-1:${amend.roles[0]}` : 'ann';
    const data = { [name]: value } as unknown as Json;
    return [
      { as, event: 'change.amend', data, ...(amend.reason === 'required' && { reason: 'it changed' }) },
    ];
  });
}

/** Proposals that differ in what conditions look at: the plain one, then one fact changed, then all of them together. */
export function proposalsFor(definition: Definition): Omit<Case, 'name' | 'steps'>[] {
  const trees = conditionsOf(definition).map(({ text }) => treeOf(text));
  const reads = new Set(trees.flatMap(readsOf));
  const values = Object.entries(definition.attributes ?? {})
    .filter(([name]) => reads.has(`attributes.${name}`))
    .map(([name, attribute]) => [name, valuesOf(name, attribute, trees)] as const);
  const single = values.flatMap(([name, all]) => all.map((value) => ({ [name]: value })));
  const many = values.reduce<Record<string, AttributeValue>[]>(
    (sofar, [name, all]) =>
      sofar.flatMap((each) => all.map((value) => ({ ...each, [name]: value }))).slice(0, 64),
    [{}],
  );
  const given = [...single, ...many].filter((each) => Object.keys(each).length > 0);
  const distinct = [...new Map(given.map((each) => [JSON.stringify(each), each])).values()];
  const electorates = electoratesOf(definition);
  const plain = { author: 'ann', ...(electorates && { electorates }) };
  const proposals = [plain, ...distinct.slice(0, MAX_PROPOSALS).map((each) => ({ ...plain, given: each }))];
  return reads.has('authorKind') ? [...proposals, { ...plain, authorKind: 'agent' }] : proposals;
}

function electoratesOf({ ballots = {} }: Definition): Record<string, number> | undefined {
  const roles = Object.values(ballots).flatMap(({ needs }) =>
    needs.flatMap((need) => (need.kind === 'share' ? [need.of] : [])),
  );
  return roles.length > 0 ? Object.fromEntries(roles.map((role) => [role, 2])) : undefined;
}

/** Values on both sides of whatever an attribute is compared with. */
function valuesOf(
  name: string,
  { type, oneOf, initial }: Attribute,
  trees: readonly Condition[],
): AttributeValue[] {
  if (oneOf) return oneOf.filter((each) => each !== initial);
  if (type === 'bool') return [!initial];
  const met = trees.flatMap((tree) => metWith(tree, `attributes.${name}`));
  if (type === 'int')
    return distinct(met.filter((each) => typeof each === 'number').flatMap((n) => [n - 1, n, n + 1]));
  const texts = distinct(met.filter((each) => typeof each === 'string'));
  return type === 'list' ? [...texts.map((each) => [each]), texts] : [...texts, 'something else'];
}

/** Literals that stand in one comparison with the attribute. */
function metWith(tree: Condition, path: string): (string | number | boolean)[] {
  const children = childrenOf(tree);
  const isThere = children.some((each) => each.kind === 'read' && each.path.join('.') === path);
  const literals = children.flatMap((each) =>
    each.kind === 'literal' ? [each.value] : each.kind === 'list' ? [...each.items] : [],
  );
  const here = isThere
    ? [...literals, ...(tree.kind === 'text' && tree.part.kind === 'literal' ? [tree.part.value] : [])]
    : [];
  return [...here, ...children.flatMap((each) => metWith(each, path))];
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}
