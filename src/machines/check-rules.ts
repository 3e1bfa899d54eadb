/** Every rule of a definition with its place in the source: who may, what is sent, and in which states it is asked. */
import { scopePath, transitionPath } from './check-paths.ts';
import type { Definition, Rule } from './definition.ts';
import type { SourcePath } from './findings.ts';
import { scopesOf } from './paths.ts';

export interface SourceRule {
  readonly rule: Rule;
  /** Where it says whose it is or when. */
  readonly at: (key: 'role' | 'if') => SourcePath;
  /** How its condition's owner is called in a message: `"A -> B"`, `"approve" in ballot "code"`. */
  readonly what: string;
  /** What has to be sent, where that is a trigger of the author's. */
  readonly trigger?: { readonly name: string; readonly path: SourcePath; readonly at?: 'key' };
  /** Top-level states in which it is asked; none where it is asked everywhere. */
  readonly within: readonly string[];
}

/** All rules, in the order of the source. */
export function rulesOf(definition: Definition): SourceRule[] {
  return [
    ...transitionRules(definition),
    ...reopenRules(definition),
    ...voteRules(definition),
    ...otherRules(definition),
  ];
}

function transitionRules(definition: Definition): SourceRule[] {
  return scopesOf(definition).flatMap((scope) =>
    scope.transitions.flatMap((each): SourceRule[] => {
      if (each.on !== 'trigger') return [];
      const path = transitionPath(scope, each);
      return [
        {
          rule: each,
          at: below(path),
          what: `"${each.from} -> ${each.to}"`,
          trigger: { name: each.trigger, path: [...path, 'trigger'] },
          within: [scopePath(scope)[1]?.toString() ?? each.from],
        },
      ];
    }),
  );
}

function reopenRules({ states }: Definition): SourceRule[] {
  return Object.entries(states).flatMap(([name, { reopen }]): SourceRule[] => {
    if (!reopen) return [];
    const path = ['states', name, 'reopen'];
    return [
      {
        rule: reopen,
        at: below(path),
        what: `the reopening of "${name}"`,
        trigger: { name: reopen.trigger, path: [...path, 'trigger'] },
        within: [name],
      },
    ];
  });
}

/** What several votes of a ballot share was mostly written once, at the ballot: it is looked for there. */
function voteRules({ ballots = {} }: Definition): SourceRule[] {
  return Object.entries(ballots).flatMap(([name, { in: places, cast }]) => {
    const all = Object.values(cast);
    const votes = all.filter(({ value }) => typeof value === 'number');
    const isShared = {
      role: all.length > 1 && new Set(all.map(({ roles }) => roles.join())).size === 1,
      if: votes.length > 1 && new Set(votes.map((each) => each.if)).size === 1,
    };
    return Object.entries(cast).map(([trigger, each]): SourceRule => {
      const path = ['ballots', name, 'cast', trigger];
      const inherits = { role: isShared.role, if: isShared.if && typeof each.value === 'number' };
      return {
        rule: each,
        at: (key) => (inherits[key] ? ['ballots', name, key] : [...path, key]),
        what: inherits.if ? `the votes of ballot "${name}"` : `"${trigger}" in ballot "${name}"`,
        trigger: { name: trigger, path, at: 'key' },
        within: topOf(places),
      };
    });
  });
}

function otherRules({ attributes = {}, revisions, suspension, supersede }: Definition): SourceRule[] {
  const amendments = Object.entries(attributes).flatMap(([name, { amend }]): SourceRule[] =>
    amend
      ? [
          {
            rule: amend,
            at: below(['attributes', name, 'amend']),
            what: `amending "${name}"`,
            within: topOf(amend.in),
          },
        ]
      : [],
  );
  const everywhere = (rule: Rule | undefined, what: string, ...path: string[]): SourceRule[] =>
    rule ? [{ rule, at: below(path), what, within: [] }] : [];
  return [
    ...amendments,
    ...everywhere(revisions, 'bringing in a revision', 'revisions'),
    ...everywhere(suspension?.suspend, 'suspending', 'suspension', 'suspend'),
    ...everywhere(suspension?.resume, 'resuming', 'suspension', 'resume'),
    ...everywhere(supersede, 'superseding', 'supersede'),
  ];
}

function below(path: SourcePath): SourceRule['at'] {
  return (key) => [...path, key];
}

/** Top-level states of some places. */
export function topOf(places: readonly string[]): string[] {
  return [...new Set(places.map((place) => place.split('.')[0] ?? ''))];
}
