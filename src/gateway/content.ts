/** Who may say what a revision holds. Every way into the server that takes events asks this. */
import type { Principal } from '../actors/commands.ts';
import { CountersignError } from '../errors.ts';

/** Facts about content decide which votes stay and whose count, so they come only from those who record it. */
export function holdContentTo(
  caller: Principal,
  body: { readonly trigger: string; readonly data?: unknown },
): void {
  if (body.trigger !== 'change.revise' || body.data === undefined || caller.roles.includes('importer'))
    return;
  const message = `The facts of a revision need role "importer", which the token of "${caller.id}" does not carry; without "data" the revision drops the votes.`;
  throw new CountersignError('FORBIDDEN', message);
}
