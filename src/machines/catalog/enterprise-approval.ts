/**
 * EnterpriseApproval: security within three days, then code with four eyes, then quality, and somebody who applies it.
 * Each stage may reject, and a new revision starts with security again. Security that is late is escalated; a change that
 * lies with its author for too long expires.
 */
import { workflow } from '../workflow.ts';

/** Nobody has approved what came in later. */
const revised = { revision: true, void: 'all' } as const;

export const enterpriseApproval = workflow({
  name: 'EnterpriseApproval',
  title: 'Security, code and quality, one after the other',
  roles: [
    'developer',
    'security_reviewer',
    'security_lead',
    'code_reviewer',
    'quality_reviewer',
    'release_manager',
  ],
  includes: { security_lead: 'security_reviewer' },
  triggers: [
    'submit',
    'withdraw',
    'security_approve',
    'security_reject',
    'code_approve',
    'code_reject',
    'quality_approve',
    'quality_reject',
    'request_changes',
    'apply',
    'reopen',
  ],
  attributes: { risk: { oneOf: ['low', 'medium', 'high'] } },
  ballots: {
    security: {
      title: 'Security',
      in: 'SecurityReview',
      role: 'security_reviewer',
      exclude: 'contributors',
      cast: { security_approve: 'approve', security_reject: { value: 'reject', reason: 'required' } },
      needs: [{ approvals: 1 }, { approvals: 2, if: 'attributes.risk == "high"' }],
      veto: -1,
    },
    code: {
      title: 'Code, four eyes',
      in: 'CodeReview',
      role: 'code_reviewer',
      exclude: 'contributors',
      cast: { code_approve: 'approve', code_reject: { value: 'reject', reason: 'required' } },
      needs: { approvals: 2 },
      veto: -1,
    },
    quality: {
      title: 'Quality',
      in: 'QualityReview',
      role: 'quality_reviewer',
      exclude: 'contributors',
      apart: ['security', 'code'],
      cast: { quality_approve: 'approve', quality_reject: { value: 'reject', reason: 'required' } },
      veto: -1,
    },
  },
  suspension: {
    suspend: { role: 'release_manager', reason: 'required' },
    resume: { role: 'release_manager' },
  },
  initial: 'Recorded',
  states: {
    Recorded: { title: 'Recorded locally' },
    SecurityReview: {
      title: 'Security review',
      timers: {
        reminder: { after: '2d', remind: 'security_reviewer' },
        overdue: { after: '3d', escalate: 'security_lead' },
      },
    },
    CodeReview: { title: 'Code review' },
    QualityReview: { title: 'Quality review' },
    Rework: { title: 'Back with the author' },
    Approved: { title: 'Approved, not yet applied' },
    Applied: { title: 'Applied', final: 'applied' },
    Rejected: {
      title: 'Rejected',
      final: 'rejected',
      reopen: { trigger: 'reopen', role: 'release_manager', reason: 'required', to: 'Recorded', void: 'all' },
    },
    Withdrawn: { title: 'Withdrawn', final: 'withdrawn' },
  },
  transitions: {
    'Recorded -> SecurityReview': { trigger: 'submit', role: 'developer' },
    'Recorded -> Withdrawn': [{ trigger: 'withdraw', role: 'developer' }, { idle: '90d' }],
    'SecurityReview -> CodeReview': { when: 'ballots.security.passed' },
    'SecurityReview -> Rejected': { when: 'ballots.security.vetoed' },
    'CodeReview -> QualityReview': { when: 'ballots.code.passed' },
    'CodeReview -> Rejected': { when: 'ballots.code.vetoed' },
    'QualityReview -> Approved': { when: 'ballots.quality.passed && threads.open == 0' },
    'QualityReview -> Rejected': { when: 'ballots.quality.vetoed' },
    'SecurityReview -> Rework': {
      trigger: 'request_changes',
      role: 'security_reviewer',
      reason: 'required',
      void: 'all',
    },
    'CodeReview -> Rework': {
      trigger: 'request_changes',
      role: 'code_reviewer',
      reason: 'required',
      void: 'all',
    },
    'QualityReview -> Rework': {
      trigger: 'request_changes',
      role: 'quality_reviewer',
      reason: 'required',
      void: 'all',
    },
    'Rework -> SecurityReview': { trigger: 'submit', role: 'developer' },
    'Rework -> Withdrawn': [{ trigger: 'withdraw', role: 'developer' }, { idle: '90d' }],
    'Approved -> Applied': { trigger: 'apply', role: 'release_manager', exclude: 'contributors' },
    'CodeReview -> SecurityReview': revised,
    'QualityReview -> SecurityReview': revised,
    'Approved -> SecurityReview': revised,
  },
});
