/**
 * Which of two changes that are in each other's way goes first. One that needs the other comes after it; apart from that
 * the order is total and does not turn when others come and go: approved before not approved (its reviews would be lost),
 * then the one submitted earlier, then the one with fewer conflicts, then by id.
 */
import { byText } from '../owners/ownership.ts';

export interface Standing {
  readonly change: string;
  readonly key: string;
  /** In ms since the epoch. */
  readonly submittedAt: number;
  readonly isApproved: boolean;
  /** With how many other changes it is in conflict; 0 where nobody counted. */
  readonly conflicts?: number;
}

export interface Precedence {
  /** The change that goes first. */
  readonly first: string;
  /** Why, to follow "because". */
  readonly because: string;
}

/** Whether one change needs another to land before it. */
export type Needs = (change: string, on: string) => boolean;

/** Below 0 where `a` goes first. */
export function byPrecedence(a: Standing, b: Standing): number {
  return (
    Number(b.isApproved) - Number(a.isApproved) ||
    a.submittedAt - b.submittedAt ||
    (a.conflicts ?? 0) - (b.conflicts ?? 0) ||
    byText(a.change, b.change)
  );
}

export function goesFirst(a: Standing, b: Standing, needs: Needs = () => false): Precedence {
  const [aNeeds, bNeeds] = [needs(a.change, b.change), needs(b.change, a.change)];
  if (aNeeds !== bNeeds) {
    const [first, then] = aNeeds ? [b, a] : [a, b];
    return { first: first.change, because: `${then.key} needs it` };
  }
  const [first, then] = byPrecedence(a, b) <= 0 ? [a, b] : [b, a];
  return { first: first.change, because: reason(first, then) };
}

function reason(first: Standing, then: Standing): string {
  if (first.isApproved !== then.isApproved) return 'it is approved already';
  if (first.submittedAt !== then.submittedAt) return 'it was submitted earlier';
  const [few, many] = [first.conflicts ?? 0, then.conflicts ?? 0];
  if (few !== many) return `it is in conflict with ${few} changes and ${then.key} with ${many}`;
  return 'nothing else tells them apart and its id comes first';
}
