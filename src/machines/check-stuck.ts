/**
 * Choices that nobody can make: a state that is left by conditions alone, which ask for what never changes any more (an
 * attribute that cannot be amended, who wrote it), and none of which need hold. Such a change rests there for ever.
 */
import { chanceOf, knownIn, openParts } from './check-chance.ts';
import { type Assignment, assignmentsOf, assuming } from './check-choices.ts';
import { inWords } from './check-configuration.ts';
import type { Node } from './check-explore.ts';
import { domainOf } from './check-facts.ts';
import { print } from './conditions/print.ts';
import type { Condition } from './conditions/tree.ts';
import { readsOf } from './conditions/variables.ts';
import type { ConditionText, Definition } from './definition.ts';
import { treeOf } from './facts.ts';
import { type Finding, finding } from './findings.ts';

/** One finding for each state, with the shortest way there on which the conditions come out so. */
export function stuckChoices(
  definition: Definition,
  nodes: readonly Node[],
  wrong: ReadonlySet<ConditionText> = new Set(),
): Finding[] {
  const found = new Map<string, Finding>();
  const suspects = nodes.filter((node) => isChoice(node, wrong)).toSorted((a, b) => a.distance - b.distance);
  if (suspects.length === 0) return [];
  const [first] = nodes;
  const fixed = fixedParts(definition, nodes, wrong);
  for (const assignment of (first && assignmentsOf(fixed, domainOf(definition))) ?? []) {
    const stuck = suspects.filter(
      (node) =>
        !found.has(node.at.top.path) &&
        node.ways.every(({ conditions }) => conditions.some((text) => never(node, text, assignment))),
    );
    const ways = stuck.length > 0 && first ? waysUnder(first, assignment, wrong) : undefined;
    for (const node of stuck) {
      const trace = ways?.get(node);
      if (trace && !found.has(node.at.top.path))
        found.set(node.at.top.path, stuckIn(node, fixed, assignment, trace));
    }
  }
  return [...found.values()];
}

/** Whether every way on asks for something, and nobody is there who could be told so: a trigger is refused with the reason. */
function isChoice({ at, canRest, ways }: Node, wrong: ReadonlySet<ConditionText>): boolean {
  if (!canRest || at.top.final !== undefined || ways.length === 0) return false;
  if (at.top.triggers.size > 0 || at.inner.some(({ triggers }) => triggers.size > 0)) return false;
  return ways.every(({ conditions }) => conditions.length > 0 && !conditions.some((each) => wrong.has(each)));
}

function fixedParts(
  definition: Definition,
  nodes: readonly Node[],
  wrong: ReadonlySet<ConditionText>,
): Map<string, Condition> {
  const texts = new Set(nodes.flatMap(({ ways }) => ways.flatMap(({ conditions }) => conditions)));
  const parts = new Map<string, Condition>();
  for (const text of texts) if (!wrong.has(text)) openParts(treeOf(text), parts);
  return new Map([...parts].filter(([, part]) => readsOf(part).every((path) => isFixed(definition, path))));
}

function isFixed({ attributes = {} }: Definition, path: string): boolean {
  const [head, name = ''] = path.split('.');
  if (head === 'author' || head === 'authorKind') return true;
  return head === 'attributes' && Object.hasOwn(attributes, name) && attributes[name]?.amend === undefined;
}

function never(node: Node, text: ConditionText, assignment: Assignment): boolean {
  return chanceOf(treeOf(text), knownIn(node.at), assuming(assignment)) === false;
}

/** What can be reached where the facts are so, with the shortest ways. */
function waysUnder(
  first: Node,
  assignment: Assignment,
  wrong: ReadonlySet<ConditionText>,
): Map<Node, readonly string[]> {
  const reached = new Map<Node, readonly string[]>([[first, []]]);
  for (const [node, trace] of reached)
    for (const { to, label, conditions } of node.ways)
      if (!reached.has(to) && !conditions.some((text) => !wrong.has(text) && never(node, text, assignment)))
        reached.set(to, [...trace, ...label]);
  return reached;
}

function stuckIn(
  node: Node,
  fixed: ReadonlyMap<string, Condition>,
  assignment: Assignment,
  trace: readonly string[],
): Finding {
  const asked = new Set<string>();
  for (const { conditions } of node.ways)
    for (const text of conditions) for (const part of openParts(treeOf(text)).keys()) asked.add(part);
  const so = [...fixed]
    .filter(([text]) => asked.has(text))
    .map(([text, part]) => (assignment.get(text) ? text : print({ kind: 'not', of: part })));
  const message = `In ${inWords(node.at)} no condition need hold (where ${so.join(' && ')}), and nothing there changes that; let one go without a condition.`;
  return { ...finding('STUCK_CHOICE', message, ['states', node.at.top.path], 'key'), trace: [...trace] };
}
