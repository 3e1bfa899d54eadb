/** SecurityCodeReview: two stages, one after the other; either can reject. */
import { workflow } from '../workflow.ts';

export const securityCodeReview = workflow({
  name: 'SecurityCodeReview',
  title: 'Security review, then code review',
  roles: ['developer', 'security_reviewer', 'code_reviewer'],
  triggers: ['submit_security', 'security_approve', 'security_reject', 'code_approve', 'code_reject'],
  initial: 'Recorded',
  states: {
    Recorded: { title: 'Recorded locally' },
    SecurityReview: { title: 'In security review' },
    CodeReview: { title: 'In code review' },
    Approved: { title: 'Approved', final: 'approved' },
    Rejected: { title: 'Rejected', final: 'rejected' },
  },
  transitions: {
    'Recorded -> SecurityReview': { trigger: 'submit_security', role: 'developer' },
    'SecurityReview -> CodeReview': {
      trigger: 'security_approve',
      role: 'security_reviewer',
    },
    'SecurityReview -> Rejected': {
      trigger: 'security_reject',
      role: 'security_reviewer',
    },
    'CodeReview -> Approved': { trigger: 'code_approve', role: 'code_reviewer' },
    'CodeReview -> Rejected': { trigger: 'code_reject', role: 'code_reviewer' },
  },
});
