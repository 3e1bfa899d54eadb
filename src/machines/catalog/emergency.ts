/**
 * Emergency: two people decide to apply first, with a reason; the review follows within three days. What is not approved by
 * then, or is rejected, has to be rolled back. What comes in before it is applied has to be declared anew; what comes in
 * afterwards leaves the declaration standing, so that those who declared never review it.
 */
import { workflow } from '../workflow.ts';

export const emergency = workflow({
  name: 'Emergency',
  title: 'Apply first, review afterwards',
  roles: ['developer', 'incident_commander', 'reviewer', 'release_manager'],
  triggers: ['declare', 'withdraw', 'apply', 'approve', 'reject', 'rolled_back'],
  ballots: {
    declaration: {
      title: 'Emergency declared',
      in: 'Recorded',
      role: ['incident_commander', 'release_manager'],
      reason: 'required',
      cast: { declare: 'approve' },
      needs: { approvals: 2 },
      revision: 'keep',
    },
    retroactive: {
      title: 'Retroactive review',
      in: 'Applied',
      role: 'reviewer',
      exclude: 'contributors',
      apart: 'declaration',
      cast: { approve: 'approve', reject: { value: 'reject', reason: 'required' } },
      needs: { approvals: 1 },
      veto: -1,
    },
  },
  initial: 'Recorded',
  states: {
    Recorded: { title: 'Waits for two who declare the emergency' },
    Declared: { title: 'May be applied now' },
    Applied: {
      title: 'Applied, waits for its review',
      timers: {
        reminder: { after: '24h', remind: 'reviewer' },
        late: { after: '2d', escalate: 'release_manager' },
      },
    },
    Rollback: { title: 'Has to be rolled back' },
    Confirmed: { title: 'Approved afterwards', final: 'applied' },
    RolledBack: { title: 'Rolled back', final: 'rejected' },
    Withdrawn: { title: 'Withdrawn', final: 'withdrawn' },
  },
  transitions: {
    'Recorded -> Declared': { when: 'ballots.declaration.passed' },
    'Recorded -> Recorded': { revision: true, void: 'declaration' },
    'Declared -> Recorded': { revision: true, void: 'declaration' },
    'Recorded -> Withdrawn': [{ trigger: 'withdraw', role: 'developer' }, { after: '7d' }],
    'Declared -> Applied': { trigger: 'apply', role: ['developer', 'incident_commander'] },
    'Declared -> Withdrawn': { trigger: 'withdraw', role: 'developer' },
    'Applied -> Confirmed': { when: 'ballots.retroactive.passed' },
    'Applied -> Rollback': [{ when: 'ballots.retroactive.vetoed' }, { after: '3d' }],
    'Rollback -> RolledBack': {
      trigger: 'rolled_back',
      role: ['developer', 'release_manager'],
      reason: 'required',
    },
  },
});
