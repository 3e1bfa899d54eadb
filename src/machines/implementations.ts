/** The guards and actions the machine names: each asks or applies one function of this folder. */
import { assign, setup } from 'xstate';
import { applyBuiltIn, builtInRefusal } from './built-in.ts';
import type { ChangeContext } from './context.ts';
import type { ConditionText, Definition } from './definition.ts';
import { foreseen, isHeldBack } from './dependencies.ts';
import { factsOf, holds } from './facts.ts';
import type { Leaving } from './paths.ts';
import { refusalOf } from './permission.ts';
import type { TriggerEvent } from './rules.ts';
import { scheduledOver } from './scheduled.ts';
import type { NamedTimer } from './timers.ts';
import { castVote, voidVotes } from './voting.ts';

export function configure(definition: Definition, timers: readonly NamedTimer[]) {
  return setup({
    types: {} as { context: ChangeContext; events: TriggerEvent; input: { author: string } },
    delays: Object.fromEntries(timers.map(({ name, delayMs }) => [name, delayMs])),
    guards: {
      permitted: ({ context, event }, rule: Leaving) =>
        refusalOf(definition, rule, context, event) === undefined,
      builtIn: ({ context, event }) => builtInRefusal(definition, context, event) === undefined,
      holds: ({ context }, { text }: { text: ConditionText }) => holds(text, factsOf(definition, context)),
      awake: ({ context }) => context.suspended === undefined,
      clear: ({ context, event }, { to, isForeseen }: { to: string; isForeseen?: true }) =>
        !isHeldBack(definition, to, isForeseen ? foreseen(context, event.data) : context),
      cleared: ({ context }, { to }: { to: string }) =>
        context.dependencies !== undefined && !isHeldBack(definition, to, context),
      isOver: ({ context }, { name }: { name: string }) => context.elapsed?.includes(name) ?? false,
    },
    actions: {
      builtIn: assign(({ context, event }) => replaced(context, applyBuiltIn(definition, context, event))),
      scheduled: assign(({ context, event }) =>
        scheduledOver(context, (event.data as { name: string }).name),
      ),
      cast: assign(({ context, event }, rule: Leaving) => {
        const ballot = definition.ballots?.[rule.ballot ?? ''];
        const cast = ballot?.cast[rule.trigger];
        if (!ballot || !cast) return {};
        return castVote(context, rule.ballot ?? '', ballot, cast, event.principal, event.at ?? 0);
      }),
      void: assign(({ context }, { ballots }: { ballots: readonly string[] }) => voidVotes(context, ballots)),
      sign: assign(({ context, event }) => {
        const { id, session } = event.principal;
        return session ? { signed: { ...context.signed, [id]: session.id } } : {};
      }),
      elapse: assign(({ context }, { name }: { name: string }) => ({
        elapsed: [...new Set([...(context.elapsed ?? []), name])],
      })),
      escalate: assign(({ context }, { path, role }: { path: string; role: string }) => ({
        escalated: {
          ...context.escalated,
          [path]: [...new Set([...(context.escalated[path] ?? []), role])],
        },
      })),
      /** Escalations and elapsed times last as long as the state they belong to. */
      endTimers: assign(({ context }, { path }: { path: string }) => {
        const { [path]: _ended, ...escalated } = context.escalated;
        const left = context.elapsed?.filter((name) => !name.startsWith(`${path}:`));
        return { escalated, ...(left && { elapsed: left }) };
      }),
      /** A change that goes on again is not superseded any more. */
      reopened: assign(({ context }) =>
        context.supersededBy === undefined ? {} : { supersededBy: undefined },
      ),
      /** Makes a transition visible that leads back to where it started. */
      returned: () => {},
    },
  });
}

/** `assign` merges: what is no longer there has to be said. */
function replaced(before: ChangeContext, after: ChangeContext): Partial<ChangeContext> {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return { ...after, ...Object.fromEntries(gone.map((key) => [key, undefined])) };
}
