/**
 * ItilChange: ITIL change enablement as ServiceNow runs it. Normal changes go in order, standard ones are pre-authorised,
 * emergencies skip the assessment. A rejection, a revert or another content goes back to New and voids every approval given.
 */
import { workflow } from '../workflow.ts';

const reverted = { trigger: 'revert', role: 'change_manager', void: 'all' } as const;
const revised = { revision: true, void: 'all' } as const;
const cancelled = { trigger: 'cancel' } as const;

export const itilChange = workflow({
  name: 'ItilChange',
  title: 'ITIL: normal, standard and emergency change',
  roles: ['requester', 'technical_approver', 'cab_member', 'implementer', 'change_manager'],
  triggers: [
    'assess',
    'authorize',
    'schedule',
    'technical_approve',
    'technical_reject',
    'cab_approve',
    'cab_reject',
    'implement',
    'review',
    'close',
    'revert',
    'cancel',
  ],
  attributes: {
    summary: 'text',
    type: {
      oneOf: ['normal', 'standard', 'emergency'],
      amend: { in: 'New', if: 'ballots.technical.approvals == 0 && ballots.cab.approvals == 0' },
    },
  },
  ballots: {
    technical: {
      title: 'Technical approval',
      in: 'Assess',
      role: 'technical_approver',
      exclude: 'author',
      veto: -1,
      cast: { technical_approve: 'approve', technical_reject: { value: 'reject', reason: 'required' } },
    },
    cab: {
      title: 'Change advisory board',
      in: 'Authorize',
      role: 'cab_member',
      exclude: 'author',
      veto: -1,
      cast: { cab_approve: 'approve', cab_reject: { value: 'reject', reason: 'required' } },
    },
  },
  initial: 'New',
  states: {
    New: { title: 'New' },
    Assess: { title: 'Assess' },
    Authorize: { title: 'Authorize' },
    Scheduled: { title: 'Scheduled' },
    Implement: { title: 'Implement' },
    Review: { title: 'Review' },
    Closed: { final: 'applied' },
    Canceled: { final: 'withdrawn' },
  },
  transitions: {
    'New -> Assess': { trigger: 'assess', role: 'requester', if: 'attributes.type == "normal"' },
    'New -> Authorize': { trigger: 'authorize', role: 'requester', if: 'attributes.type == "emergency"' },
    'New -> Scheduled': { trigger: 'schedule', role: 'requester', if: 'attributes.type == "standard"' },
    'Assess -> Authorize': { when: 'ballots.technical.passed' },
    'Assess -> New': [{ when: 'ballots.technical.vetoed', void: 'all' }, revised, reverted],
    'Authorize -> Scheduled': { when: 'ballots.cab.passed' },
    'Authorize -> New': [{ when: 'ballots.cab.vetoed', void: 'all' }, revised, reverted],
    'Scheduled -> Implement': { trigger: 'implement', role: 'implementer' },
    'Scheduled -> New': [revised, reverted],
    'Implement -> Review': { trigger: 'review', role: 'implementer' },
    'Review -> Closed': { trigger: 'close', role: 'change_manager' },
    'New -> Canceled': cancelled,
    'Assess -> Canceled': cancelled,
    'Authorize -> Canceled': cancelled,
    'Scheduled -> Canceled': cancelled,
    'Implement -> Canceled': cancelled,
  },
});
