/** People who act for each other, on a workflow that tells one voice from two. */
import type { Envelope, EventCommand, Principal } from '../../src/actors/commands.ts';
import type { NewDelegation } from '../../src/actors/delegations.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { accepted, principal, type Server, TENANT } from './rig.ts';

export const HOUR = 3_600_000;

/** Two independent approvals, then two more by people who gave none of the first. */
export const fourEyes = workflow({
  name: 'FourEyes',
  roles: ['developer', 'reviewer', 'owner'],
  triggers: ['approve', 'reject', 'retract', 'sign_off'],
  ballots: {
    review: {
      in: 'Review',
      role: 'reviewer',
      exclude: 'contributors',
      cast: { approve: 'approve', reject: { value: 'reject', reason: 'required' }, retract: 'retract' },
      needs: { approvals: 2 },
    },
    release: {
      in: 'Release',
      role: 'owner',
      exclude: 'contributors',
      apart: ['review'],
      cast: { sign_off: 'approve' },
      needs: { approvals: 1 },
    },
  },
  initial: 'Review',
  states: { Review: {}, Release: {}, Done: { final: 'approved' } },
  transitions: {
    'Review -> Release': { when: 'ballots.review.passed' },
    'Release -> Done': { when: 'ballots.release.passed' },
  },
});

export const author = principal('author', ['developer', 'reviewer']);
export const ann = principal('ann', ['reviewer', 'owner']);
export const ben = principal('ben', ['reviewer']);
export const cat = principal('cat', ['owner']);
export const nobody = (name: string, roles: string[] = []) => principal(name, roles);

/** What they do on the server, or on another one that is named last. */
export function delegationsOn(server: () => Server) {
  const proposed = async (project = 'web', by = author): Promise<string> => {
    const proposal = { definition: 'FourEyes', project, title: 'Rotate keys' };
    return accepted(await server().runtime.propose(proposal, { principal: by })).change;
  };
  const delegate = (from: Principal, to: string, over: Partial<NewDelegation> = {}, on = server()) =>
    on.runtime.delegate({ to, endsAt: on.clock.now() + HOUR, reason: 'away', ...over }, from);
  const send = (by: Principal, command: EventCommand, more: Partial<Envelope> = {}, on = server()) =>
    on.runtime.send(command, { principal: by, ...more });
  const approve = (by: Principal, change: string, actsFor?: string, on = server()) =>
    send(by, { change, trigger: 'approve' }, actsFor === undefined ? {} : { actsFor }, on);
  const approvals = async (change: string) =>
    (await server().runtime.view({ tenant: TENANT, change }, ann))?.ballots.review?.approvals;
  return { proposed, delegate, send, approve, approvals };
}
