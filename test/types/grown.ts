/** A sound workflow with every construct of the grammar; the tests put one mistake, or one gap, at a time into it. */
export const GROWN = `import { workflow } from 'countersign';

export default workflow({
  name: 'Grown',
  roles: ['developer', 'reviewer', 'lead', 'manager'],
  includes: { lead: 'reviewer', manager: ['lead', 'reviewer'] },
  triggers: ['submit', 'approve', 'reject', 'take_back', 'accept', 'merge', 'again'],
  attributes: {
    branch: 'text',
    risk: {
      oneOf: ['low', 'high'],
      initial: 'low',
      amend: { in: ['Recorded', 'Review.security'], role: 'lead', reason: 'required' },
    },
    lines: { type: 'int', initial: 1 },
    urgent: { type: 'bool', amend: { in: 'Review' } },
    labels: { type: 'list', initial: ['new'] },
  },
  ballots: {
    code: {
      title: 'Code review',
      in: 'Review.security.pending',
      cast: {
        approve: 'approve',
        reject: { value: -2, reason: 'required', role: ['lead'] },
        take_back: 'retract',
      },
      needs: [
        { approvals: 2, at: 2, of: 'lead', exclude: ['uploader'] },
        { share: 50, of: 'reviewer', if: 'attributes.lines > 100' },
        { majority: true },
        { each: ['lead', 'reviewer'] },
        { weight: 3, if: { kind: 'read', path: ['attributes', 'urgent'] } },
      ],
      veto: -2,
      weights: { lead: 2, reviewer: 1 },
      role: 'reviewer',
      by: ['person', 'agent'],
      exclude: ['author', 'contributors'],
      sign: 'review',
      revision: { keep: ['same_tree', 'same_patch'], vetoes: 'keep' },
    },
    owners: {
      in: ['Review', 'Recorded'],
      cast: { accept: 1 },
      needs: { each: 'owners' },
      apart: 'code',
      applies: 'attributes.risk == "high"',
      override: 'attributes.urgent',
      revision: 'keep',
    },
  },
  revisions: { role: 'developer' },
  suspension: { suspend: { role: 'lead', reason: 'required' }, resume: {} },
  supersede: { role: 'manager', reason: 'required', to: 'Replaced' },
  initial: 'Recorded',
  states: {
    Recorded: { timers: { forgotten: { after: '3d', calendar: 'office', remind: 'developer' }, silent: { after: '1h' } } },
    Review: {
      timers: { overdue: { after: '24h', escalate: 'lead', remind: 'reviewer' } },
      regions: {
        security: {
          initial: 'pending',
          states: { pending: {}, passed: { final: 'approved' } },
          transitions: {
            'pending -> passed': { when: 'ballots.code.passed' },
          },
        },
      },
    },
    Approved: { final: 'approved' },
    Merged: {
      final: 'applied',
      reopen: { trigger: 'again', to: 'Review', void: 'all', role: 'manager', reason: 'required' },
    },
    Withdrawn: { final: 'withdrawn' },
    Replaced: { final: 'withdrawn' },
  },
  transitions: {
    'Recorded -> Review': { trigger: 'submit', role: 'developer', if: 'attributes.branch != ""' },
    'Review -> Approved': { join: 'all' },
    'Review -> Recorded': [
      { revision: true, void: ['code', 'owners'] },
      { after: '30d', calendar: 'office', if: 'threads.open > 0', void: 'code' },
    ],
    'Review -> Merged': { trigger: 'merge', role: 'manager', sign: 'responsibility', void: 'all' },
    'Recorded -> Withdrawn': { idle: '30d' },
  },
});
`;
