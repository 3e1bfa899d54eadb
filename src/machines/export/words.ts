/** Transitions in a few words, as they stand on the edges of a drawing. */
import type { Rule, Transition, Voiding } from '../definition.ts';
import { formatDuration } from '../duration.ts';
import type { Leaving } from '../paths.ts';

const anyOf = new Intl.ListFormat('en', { type: 'disjunction' });

/** `approve by reviewer or lead, not the author, with a reason`, `after 24h`, `when ballots.code.passed`. */
export function transitionWords(transition: Transition): string {
  return [...startWords(transition), ...voidWords(transition)].join(', ');
}

/** Votes and reopenings, which are sent as well. */
export function triggerWords(rule: Pick<Leaving, 'trigger' | 'void'> & Rule): string {
  return [rule.trigger + byWords(rule), ...ruleWords(rule), ...voidWords(rule)].join(', ');
}

function startWords(transition: Transition): string[] {
  switch (transition.on) {
    case 'trigger':
      return [transition.trigger + byWords(transition), ...ruleWords(transition)];
    case 'time': {
      const { afterMs, calendar, idle, if: condition } = transition;
      return [
        `${idle ? 'idle for' : 'after'} ${formatDuration(afterMs)}`,
        ...(calendar ? [`by the calendar ${calendar}`] : []),
        ...(condition ? [`if ${condition}`] : []),
      ];
    }
    case 'join': {
      const { join, ending } = transition;
      const regions = join === 'any' || join === 1 ? 'any region' : `${join} regions`;
      return [`${regions} ${ending ?? 'done'}`];
    }
    case 'when':
      return [`when ${transition.when}`];
    case 'revision':
      return ['new revision'];
  }
}

function byWords({ roles, by }: Rule): string {
  const who = roles.length > 0 ? roles : by;
  return who.length > 0 ? ` by ${anyOf.format(who)}` : '';
}

function ruleWords({ roles, by, exclude, reason, if: condition, sign }: Rule): string[] {
  return [
    ...(roles.length > 0 && by.length > 0 ? [`as ${anyOf.format(by)}`] : []),
    ...(exclude.length > 0 ? [`not the ${anyOf.format(exclude)}`] : []),
    ...(reason === 'required' ? ['with a reason'] : []),
    ...(sign ? [`signed as ${sign}`] : []),
    ...(condition ? [`if ${condition}`] : []),
  ];
}

function voidWords({ void: ballots = [] }: Voiding): string[] {
  return ballots.length > 0 ? [`votes in ${ballots.join(', ')} are void`] : [];
}

/** `Review -> Approved: all regions done` */
export function writtenTransition(transition: Transition): string {
  return `${transition.from} -> ${transition.to}: ${transitionWords(transition)}`;
}

/** `Review: security_approve by reviewer (ballot security)` */
export function writtenVote(rule: Leaving): string {
  return `${rule.from}: ${triggerWords(rule)} (ballot ${rule.ballot})`;
}
