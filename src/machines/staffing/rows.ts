/** What the votes of a ballot have to come to, as rows: so much of something, and what one voice adds to it. */
import type { Ballot, Need } from '../ballot.ts';
import type { OwnerGroup } from '../context.ts';
import type { Voice } from './capability.ts';
import type { Class } from './staff.ts';

export interface Row {
  readonly ballot: string;
  readonly want: number;
  /** What is counted: `voices`, or their `weight`. */
  readonly of: 'voices' | 'weight';
  /** The role that is asked of a voice, or the group of owners. */
  readonly role: string | undefined;
  readonly group?: string;
  /** Whether voices of the author do not count. */
  readonly isIndependent: boolean;
  readonly adds: (voice: Voice, of: Class) => number;
}

export interface Known {
  readonly owners: readonly OwnerGroup[] | undefined;
  readonly electorates: Readonly<Record<string, number>>;
}

/** The rows of a ballot's needs; `approvals` where a condition asks only how many there are. */
export function rowsOf(name: string, ballot: Ballot, approvals: number | undefined, known: Known): Row[] {
  const excludes = Object.values(ballot.cast).some(
    ({ value, exclude }) => typeof value === 'number' && exclude.length > 0,
  );
  const row = (want: number, role: string | undefined, more: Partial<Row> = {}): Row => ({
    ballot: name,
    want,
    of: 'voices',
    role,
    isIndependent: excludes,
    adds: (voice) => (role === undefined || voice.roles.has(role) ? 1 : 0),
    ...more,
  });
  if (approvals !== undefined) return [row(approvals, undefined)];
  return ballot.needs.flatMap((need) => rowsFor(need, row, known));
}

function rowsFor(
  need: Need,
  row: (want: number, role: string | undefined, more?: Partial<Row>) => Row,
  { owners, electorates }: Known,
): Row[] {
  switch (need.kind) {
    case 'count': {
      const { count, at, of, exclude = [] } = need;
      const isTakenOut = exclude.length > 0;
      return [
        row(count, of, {
          ...(isTakenOut && { isIndependent: true }),
          adds: (voice) =>
            voice.grade >= at && (of === undefined || voice.roles.has(of)) && !(voice.isTied && isTakenOut)
              ? 1
              : 0,
        }),
      ];
    }
    case 'share': {
      const size = Object.hasOwn(electorates, need.of) ? (electorates[need.of] ?? 0) : 0;
      // Of nobody, nothing is a share.
      return [
        row(
          size === 0 ? 1 : Math.ceil((need.percent * size) / 100),
          need.of,
          size === 0 ? { adds: () => 0 } : {},
        ),
      ];
    }
    case 'majority':
      return [row(1, undefined)];
    case 'weight':
      return [row(need.weight, undefined, { of: 'weight', adds: ({ weight }) => weight })];
    case 'each':
      if (need.of !== 'owners') return need.of.map((role) => row(1, role));
      return (owners ?? [])
        .filter(({ required }) => required !== 0)
        .map(({ name, members, required = 1 }) =>
          row(required, undefined, {
            group: name,
            adds: (_voice, { units: [unit] }) =>
              members.includes('*') || (unit && members.includes(unit.party)) ? 1 : 0,
          }),
        );
  }
}
