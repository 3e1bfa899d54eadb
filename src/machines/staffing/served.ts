/** Which authors and cases are served, which are not and for lack of what, and without whom they would not be. */
import type { Case, Judge } from './judge.ts';
import { irreplaceableIn } from './resilience.ts';
import type { Lack } from './solve.ts';
import type { Class, Crew } from './staff.ts';

/** Changes of a kind: of the authors of a crew, in a case. */
export interface Served {
  readonly crew: Crew;
  readonly one: Case;
}

export interface Failing extends Served {
  readonly lack: Lack;
}

export function everyCase(judge: Judge) {
  const failing: Failing[] = [];
  const served: Served[] = [];
  let isOpen = false;
  for (const crew of judge.crews)
    for (const one of judge.cases(crew)) {
      const judged = judge.judge(crew, one);
      if (judged.answer === 'yes') served.push({ crew, one });
      else if (judged.answer === 'open') isOpen = true;
      else for (const lack of judged.lacks) failing.push({ crew, one, lack });
    }
  return { failing, served, isOpen };
}

export interface Irreplaceable {
  readonly lack: Lack;
  readonly crew: Crew;
  readonly one: Case;
  readonly authors: Set<string | null>;
}

/** By name: what cannot be done without them, and whose changes that stops. */
export function irreplaceableFor(judge: Judge, served: readonly Served[]): Map<string, Irreplaceable> {
  const found = new Map<string, Irreplaceable>();
  for (const { crew, one } of served)
    for (const { at, lacks } of irreplaceableIn(judge, crew, one)) {
      const [lack] = lacks;
      const alike = crew.classes[at];
      if (!lack || !alike) continue;
      for (const author of crew.authors)
        for (const name of alikeFor(judge, crew, alike, author)) {
          const known = found.get(name) ?? { lack, crew, one, authors: new Set() };
          found.set(name, known);
          known.authors.add(author);
        }
    }
  return found;
}

/** The units of a class, as they are for another author of the same crew. */
function alikeFor(judge: Judge, crew: Crew, alike: Class, author: string | null): string[] {
  if (author === null || author === crew.author?.id) return alike.units.map(({ party }) => party);
  const { classes } =
    alike.isManager || alike.isTied || isOwnClass(crew, alike) ? judge.exactly(author) : crew;
  return classes
    .filter(
      ({ key, isTied, isManager }) =>
        key === alike.key && isTied === alike.isTied && isManager === alike.isManager,
    )
    .flatMap(({ units }) => units.map(({ party }) => party));
}

/** Whether the author would stand in this class, were he not the author. */
function isOwnClass({ classes }: Crew, { key }: Class): boolean {
  return classes.some((each) => each.isTied && each.key === key);
}
