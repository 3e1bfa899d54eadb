/** BasicApproval: one review by one role. Whether authors may hold that role is up to who hands out roles. */
import { workflow } from '../workflow.ts';

export const basicApproval = workflow({
  name: 'BasicApproval',
  title: 'Basic approval',
  roles: ['developer', 'reviewer'],
  triggers: ['submit', 'approve', 'reject'],
  initial: 'Recorded',
  states: {
    Recorded: { title: 'Recorded locally' },
    Review: { title: 'In review' },
    Approved: { title: 'Approved', final: 'approved' },
    Rejected: { title: 'Rejected', final: 'rejected' },
  },
  transitions: {
    'Recorded -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Approved': { trigger: 'approve', role: 'reviewer' },
    'Review -> Rejected': { trigger: 'reject', role: 'reviewer' },
  },
});
