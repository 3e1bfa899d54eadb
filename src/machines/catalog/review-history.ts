/**
 * ReviewHistory: what a code host with review and automatic checks asks for, used to import real histories. A review by
 * somebody other than the author, a pass by an agent; votes that come after their region is done are noted as late.
 */
import { workflow } from '../workflow.ts';

export const reviewHistory = workflow({
  name: 'ReviewHistory',
  title: 'Code review and automatic checks',
  roles: ['developer', 'reviewer', 'checker'],
  triggers: ['submit', 'approve', 'pass', 'withdraw'],
  initial: 'Draft',
  states: {
    Draft: { title: 'Draft' },
    Review: {
      title: 'In review',
      regions: {
        code: {
          title: 'Code review',
          initial: 'pending',
          states: { pending: { title: 'Waiting for a review' }, approved: { final: 'approved' } },
          transitions: {
            'pending -> approved': {
              trigger: 'approve',
              role: 'reviewer',
              by: 'person',
              exclude: 'author',
              late: 'record',
            },
          },
        },
        checks: {
          title: 'Automatic checks',
          initial: 'pending',
          states: { pending: { title: 'Waiting for checks' }, passed: { final: 'approved' } },
          transitions: {
            'pending -> passed': { trigger: 'pass', role: 'checker', by: 'agent', late: 'record' },
          },
        },
      },
    },
    Approved: { title: 'Approved', final: 'approved' },
    Withdrawn: { title: 'Withdrawn', final: 'withdrawn' },
  },
  transitions: {
    'Draft -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Approved': { join: 'all' },
    'Review -> Withdrawn': { trigger: 'withdraw', role: 'developer' },
  },
});
