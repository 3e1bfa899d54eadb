/** Which states may have been renamed: one that is gone and one that is new, at home in the same place and led to and from alike. */
import type { Definition, Transition } from './definition.ts';
import { scopesOf } from './paths.ts';

export interface SuggestedRename {
  readonly from: string;
  readonly to: string;
  /** How alike they are, up to 1. */
  readonly likeness: number;
}

/** Less alike than this, nothing is suggested. */
const LEAST = 0.5;

export function renamedStates(before: Definition, after: Definition): SuggestedRename[] {
  const fresh = new Map(scopesOf(after).map((scope) => [scope.prefix, scope]));
  return scopesOf(before).flatMap((old) => {
    const scope = fresh.get(old.prefix);
    if (!scope) return [];
    const gone = Object.keys(old.states).filter((name) => !Object.hasOwn(scope.states, name));
    const added = Object.keys(scope.states).filter((name) => !Object.hasOwn(old.states, name));
    const pairs = gone.flatMap((from) =>
      added
        .filter((to) => old.states[from]?.final === scope.states[to]?.final)
        .map((to) => {
          const waysAlike = overlap(waysOf(from, old.transitions), waysOf(to, scope.transitions));
          const isTitled = old.states[from]?.title && old.states[from]?.title === scope.states[to]?.title;
          const isStart = (old.initial === from) === (scope.initial === to);
          const likeness = Math.min(1, waysAlike * 0.7 + (isTitled ? 0.5 : 0) + (isStart ? 0.2 : 0));
          return { from, to, likeness: Math.round(likeness * 100) / 100 };
        }),
    );
    return bestOf(pairs).map(({ from, to, likeness }) => ({
      from: old.prefix + from,
      to: old.prefix + to,
      likeness,
    }));
  });
}

/** Each state once, the most alike first. */
function bestOf(pairs: readonly SuggestedRename[]): SuggestedRename[] {
  const taken = new Set<string>();
  return pairs
    .filter(({ likeness }) => likeness >= LEAST)
    .toSorted((a, b) => b.likeness - a.likeness)
    .filter(({ from, to }) => {
      if (taken.has(`< ${from}`) || taken.has(`> ${to}`)) return false;
      taken.add(`< ${from}`).add(`> ${to}`);
      return true;
    });
}

/** How a state is come to and left: by which trigger, and where the other end has kept its name. */
function waysOf(name: string, transitions: readonly Transition[]): Set<string> {
  return new Set(
    transitions.flatMap((each) => {
      const how = each.on === 'trigger' ? each.trigger : each.on;
      const incoming = each.to === name ? [`${how} from ${each.from}`] : [];
      return each.from === name ? [...incoming, `${how} to ${each.to}`] : incoming;
    }),
  );
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const all = new Set([...a, ...b]);
  if (all.size === 0) return 0;
  return [...all].filter((each) => a.has(each) && b.has(each)).length / all.size;
}
