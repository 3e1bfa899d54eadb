/** Why a change waits for somebody, in a sentence: what is still needed, by the roles they hold. */
import type { ChangeDocument } from '../../data/documents.ts';
import { listed, NO_TITLES, placeText, spelled, type Titles } from '../../data/words.ts';

interface Reasons {
  readonly why: string;
  readonly since: string;
}

export function reasonsFor(
  change: ChangeDocument,
  roles: readonly string[],
  titles: Titles = NO_TITLES,
): Reasons {
  const sendable = new Set(
    change.enabled.flatMap(({ trigger, refusal }) => (refusal === null ? [trigger] : [])),
  );
  const mine = change.waits_for.filter(({ triggers }) => triggers.some((trigger) => sendable.has(trigger)));
  const byRole = mine.filter((each) => each.roles.some((role) => roles.includes(role)));
  const closest = byRole.find((each) => !isChoice(each)) ?? byRole[0] ?? mine[0];
  if (closest === undefined) {
    return {
      why: `You may ${listed([...sendable].map((each) => spelled(each).toLowerCase()))}.`,
      since: change.updated_at,
    };
  }
  return { why: needText(closest, true, titles), since: closest.since };
}

/** Whether it only says which way may be taken, not that something is missing. */
export function isChoice({ reason }: Wait): boolean {
  return ARROWS.test(reason);
}

/** What of it are changes that have to come first, by their keys. */
export function firstOf(waits: readonly Wait[]): readonly string[] {
  return waits.flatMap(({ reason }) => DEPENDS.exec(reason)?.[1] ?? []);
}

type Wait = ChangeDocument['waits_for'][number];
const ARROWS = /^\S+ → \S+(?:, \S+ → \S+)*$/;
const DEPENDS = /^depends on (\S+) is (\w+)/;

/** `Security: needs 1 approval …` stays; `approve → Review.law.good` becomes words. */
export function needText({ reason, roles }: Wait, withRoles = true, titles: Titles = NO_TITLES): string {
  const depends = DEPENDS.exec(reason);
  if (depends !== null) return `${depends[1]} has to come first; it is ${depends[2]}.`;
  if (!ARROWS.test(reason)) return reason.replace(/_/g, ' ');
  const ways = reason.split(', ').map((each) => each.split(' → '));
  const who =
    roles.length === 0 || !withRoles ? '' : ` by ${listed(roles.map((role) => spelled(role).toLowerCase()))}`;
  return `${listed(ways.map(([trigger = '', to = '']) => `${spelled(trigger)} (→ ${placeText(to, titles)})`))}${who}`;
}

/** `Review->Rejected` reads as what happens: `Becomes rejected`. */
export function timerName(name: string): string {
  const to = /->\s*(.+)$/.exec(name)?.[1];
  if (to !== undefined) return `Becomes ${spelled(to.split('.').at(-1) ?? to).toLowerCase()}`;
  const [at = '', timer] = name.split(':');
  return timer === undefined
    ? spelled(name)
    : `${placeText(at)}: ${spelled(timer).toLowerCase()}`.replace(/^./, (first) => first.toUpperCase());
}
