/** Every kind of sender that some rules tell apart, so that "who may" can be tried out instead of reasoned about. */
import { holding } from './check-names.ts';
import type { ChangeContext } from './context.ts';
import { type Definition, PRINCIPAL_KINDS, type Rule } from './definition.ts';
import type { Leaving } from './paths.ts';
import { denial, type TriggerEvent } from './rules.ts';
import { timersOf } from './timers.ts';

/** A change with one person for each way of being tied to it. */
export const SOME_CHANGE: ChangeContext = {
  author: 'author',
  escalated: {},
  revision: { number: 1, author: 'author', uploader: 'uploader' },
  contributors: ['author', 'hand', 'uploader'],
};

const IDS = ['other', 'author', 'uploader', 'hand'] as const;
/** Two regions may hear one trigger; past so many roles their combinations are not tried. */
const MAX_ROLES = 8;

/** Senders with each of these sets of roles; where no rule looks at something, it is not varied. */
export function sendersOf(
  rules: readonly (Rule & { readonly trigger: string })[],
  roleSets: readonly (readonly string[])[],
  includes: Definition['includes'],
): TriggerEvent[] {
  const kinds = rules.some(({ by }) => by.length > 0) ? PRINCIPAL_KINDS : (['person'] as const);
  const ids = rules.some(({ exclude }) => exclude.length > 0) ? IDS : (['other'] as const);
  const reasons = rules.some(({ reason }) => reason === 'required') ? [{}, { reason: 'given' }] : [{}];
  const sessions = rules.some(({ sign }) => sign !== undefined)
    ? [{}, { session: { id: 'session', factors: 2, at: 0 } }]
    : [{}];
  const type = rules[0]?.trigger ?? '';
  return roleSets.flatMap((held) => {
    const roles = [...new Set(held.flatMap((role) => [role, ...holding(includes, role)]))];
    return kinds.flatMap((kind) =>
      ids.flatMap((id) =>
        sessions.flatMap((session) =>
          reasons.map((reason) => ({ type, principal: { id, kind, roles, ...session }, ...reason })),
        ),
      ),
    );
  });
}

/** Which of these rules, all of one trigger, one sender may satisfy together: every such set once; undefined where there are too many. */
export function permittedSets(
  definition: Definition,
  rules: readonly Leaving[],
): readonly ReadonlySet<Leaving>[] | undefined {
  const escalated = escalations(definition, rules);
  const roles = [...new Set([...rules.flatMap((rule) => rule.roles), ...Object.values(escalated).flat()])];
  if (roles.length > MAX_ROLES) return undefined;
  const roleSets = Array.from({ length: 2 ** roles.length }, (_, mask) =>
    roles.filter((_role, index) => mask & (1 << index)),
  );
  const contexts =
    Object.keys(escalated).length > 0 ? [SOME_CHANGE, { ...SOME_CHANGE, escalated }] : [SOME_CHANGE];
  const found = new Map<string, ReadonlySet<Leaving>>();
  for (const event of sendersOf(rules, roleSets, definition.includes))
    for (const context of contexts) {
      const permitted = rules.filter((rule) => denial(rule, context, event) === undefined);
      found.set(permitted.map((rule) => rules.indexOf(rule)).join(), new Set(permitted));
    }
  return [...found.values()];
}

/** All roles that timers can add where these rules stand. */
function escalations(definition: Definition, rules: readonly Leaving[]): Record<string, string[]> {
  const escalated: Record<string, string[]> = {};
  for (const { path, escalate } of timersOf(definition))
    if (escalate !== undefined && rules.some(({ from }) => from === path || from.startsWith(`${path}.`)))
      escalated[path] = [...(escalated[path] ?? []), escalate];
  return escalated;
}
