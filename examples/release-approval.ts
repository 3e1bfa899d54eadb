/** A release: security and quality look at it side by side, then it is applied. The same workflow as the .toml and the .json. */
import { workflow } from 'countersign';

export default workflow({
  name: 'ReleaseApproval',
  title: 'Approval of a release',
  roles: ['developer', 'security_reviewer', 'quality_reviewer', 'release_manager'],
  triggers: ['submit', 'withdraw', 'security_approve', 'quality_approve', 'reject', 'apply'],
  initial: 'Recorded',
  states: {
    Recorded: { title: 'Recorded locally' },
    Review: {
      title: 'In review',
      regions: {
        security: {
          title: 'Security',
          initial: 'pending',
          states: {
            pending: { timers: { overdue: { after: '24h', escalate: 'release_manager' } } },
            passed: { final: 'approved' },
          },
          transitions: {
            'pending -> passed': {
              trigger: 'security_approve',
              role: 'security_reviewer',
              exclude: 'author',
              late: 'record',
            },
          },
        },
        quality: {
          title: 'Quality',
          initial: 'pending',
          states: { pending: {}, passed: { final: 'approved' } },
          transitions: {
            'pending -> passed': [
              { trigger: 'quality_approve', role: 'quality_reviewer', exclude: 'author' },
              { trigger: 'quality_approve', by: 'agent' },
            ],
          },
        },
      },
    },
    Approved: { title: 'Approved, not yet applied' },
    Applied: { final: 'applied' },
    Rejected: { final: 'rejected' },
    Withdrawn: { final: 'withdrawn' },
  },
  transitions: {
    'Recorded -> Review': { trigger: 'submit', role: 'developer' },
    'Recorded -> Withdrawn': { trigger: 'withdraw', role: 'developer' },
    'Review -> Approved': { join: 'all' },
    'Review -> Rejected': [
      { trigger: 'reject', role: ['security_reviewer', 'quality_reviewer'], reason: 'required' },
      { after: '14d' },
    ],
    'Approved -> Applied': { trigger: 'apply', role: 'release_manager' },
  },
});
