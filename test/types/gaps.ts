/** Gaps in the grown workflow (`|` is the cursor), and what an editor must offer there. */
import type { Changes } from './project.ts';

export interface Gap {
  readonly gap: string;
  readonly changes: Changes;
  readonly offered: readonly string[];
  readonly never?: readonly string[];
}

const ROLES = ['developer', 'reviewer', 'lead', 'manager'];
const TRIGGERS = ['submit', 'approve', 'reject', 'take_back', 'accept', 'merge', 'again'];
const RULE = ['role', 'by', 'exclude', 'reason', 'if', 'sign'];
const PLACES = ['Recorded', 'Review', 'Review.security', 'Review.security.pending', 'Approved'];

export const GROWN_GAPS: readonly Gap[] = [
  {
    gap: 'roles that include',
    changes: [["includes: { lead: 'reviewer', manager: ['lead', 'reviewer'] },", 'includes: { | },']],
    offered: ROLES,
  },
  {
    gap: 'roles to be included',
    changes: [["includes: { lead: 'reviewer',", "includes: { lead: '|',"]],
    offered: ROLES,
  },
  {
    gap: 'types of attributes',
    changes: [["branch: 'text',", "branch: '|',"]],
    offered: ['text', 'int', 'bool', 'list'],
  },
  {
    gap: 'types of attributes written out',
    changes: [["{ type: 'int', initial: 1 }", "{ type: '|' }"]],
    offered: ['text', 'int', 'bool', 'list'],
  },
  {
    gap: 'keys of an attribute',
    changes: [["{ type: 'int', initial: 1 }", '{ | }']],
    offered: ['oneOf', 'type', 'initial', 'amend'],
  },
  {
    gap: 'places to amend in',
    changes: [["amend: { in: 'Review' }", "amend: { in: '|' }"]],
    offered: PLACES,
  },
  {
    gap: 'keys of an amendment',
    changes: [["amend: { in: 'Review' }", "amend: { in: 'Review', | }"]],
    offered: RULE,
  },
  {
    gap: 'keys of a ballot',
    changes: [["revision: 'keep',\n", '|\n']],
    offered: ['title', 'veto', 'weights', 'revision', ...RULE],
  },
  { gap: 'places to vote in', changes: [["in: 'Review.security.pending',", "in: '|',"]], offered: PLACES },
  {
    gap: 'places in a list',
    changes: [["in: ['Review', 'Recorded'],", "in: ['Review', '|'],"]],
    offered: PLACES,
  },
  {
    gap: 'triggers that cast',
    changes: [['cast: { accept: 1 },', 'cast: { | },']],
    offered: TRIGGERS,
  },
  {
    gap: 'votes',
    changes: [['cast: { accept: 1 },', "cast: { accept: '|' },"]],
    offered: ['approve', 'reject', 'abstain', 'retract', 'clear', 'lift'],
  },
  {
    gap: 'votes in a cast with a rule',
    changes: [['value: -2,', "value: '|',"]],
    offered: ['approve', 'reject', 'abstain', 'retract', 'clear', 'lift'],
  },
  {
    gap: 'keys of a cast',
    changes: [['cast: { accept: 1 },', 'cast: { accept: { | } },']],
    offered: ['value', ...RULE],
  },
  { gap: 'roles that cast', changes: [["role: ['lead'] },", "role: ['|'] },"]], offered: ROLES },
  {
    gap: 'kinds of needs',
    changes: [['{ majority: true },', '{ | },']],
    offered: ['approvals', 'share', 'majority', 'each', 'weight', 'at', 'of', 'exclude', 'if'],
  },
  {
    gap: 'kinds of a single need',
    changes: [["needs: { each: 'owners' },", 'needs: { | },']],
    offered: ['approvals', 'share', 'majority', 'each', 'weight'],
  },
  { gap: 'roles of a need', changes: [["of: 'reviewer', if", "of: '|', if"]], offered: ROLES },
  {
    gap: 'roles that each approve',
    changes: [["each: ['lead', 'reviewer']", "each: ['|']"]],
    offered: ROLES,
  },
  {
    gap: 'owners to approve',
    changes: [["needs: { each: 'owners' },", "needs: { each: '|' },"]],
    offered: ['owners'],
  },
  {
    gap: 'exclusions of a need',
    changes: [["exclude: ['uploader']", "exclude: ['|']"]],
    offered: ['author', 'uploader', 'contributors'],
  },
  {
    gap: 'roles with a weight',
    changes: [['weights: { lead: 2, reviewer: 1 },', 'weights: { | },']],
    offered: ROLES,
  },
  {
    gap: 'words for what a revision does to votes',
    changes: [["revision: 'keep',", "revision: '|',"]],
    offered: ['keep', 'drop'],
  },
  {
    gap: 'reasons to keep votes',
    changes: [["keep: ['same_tree', 'same_patch'],", "keep: '|',"]],
    offered: ['always', 'same_tree', 'same_patch', 'owned_unchanged'],
  },
  {
    gap: 'kinds of principals',
    changes: [["by: ['person', 'agent'],", "by: ['|'],"]],
    offered: ['person', 'agent', 'system'],
  },
  {
    gap: 'meanings of a signature',
    changes: [["sign: 'review',", "sign: '|',"]],
    offered: ['review', 'approval', 'responsibility', 'authorship'],
  },
  {
    gap: 'roles that revise',
    changes: [["revisions: { role: 'developer' }", "revisions: { role: '|' }"]],
    offered: ROLES,
  },
  {
    gap: 'keys of a rule',
    changes: [["revisions: { role: 'developer' }", 'revisions: { | }']],
    offered: RULE,
  },
  {
    gap: 'keys of a suspension',
    changes: [
      ["suspension: { suspend: { role: 'lead', reason: 'required' }, resume: {} },", 'suspension: { | },'],
    ],
    offered: ['suspend', 'resume'],
  },
  { gap: 'roles that resume', changes: [['resume: {} },', "resume: { role: '|' } },"]], offered: ROLES },
  {
    gap: 'keys of superseding',
    changes: [["supersede: { role: 'manager', reason: 'required', to: 'Replaced' },", 'supersede: { | },']],
    offered: ['to', ...RULE],
  },
  {
    gap: 'final states for superseded changes',
    changes: [["to: 'Replaced'", "to: '|'"]],
    offered: ['Approved', 'Merged', 'Withdrawn', 'Replaced'],
    never: ['Review', 'Recorded'],
  },
  {
    gap: 'keys of a timer',
    changes: [["{ after: '1h' }", "{ after: '1h', | }"]],
    offered: ['escalate', 'remind', 'calendar'],
  },
  { gap: 'roles to remind', changes: [["remind: 'developer' }", "remind: '|' }"]], offered: ROLES },
  {
    gap: 'keys of a reopening',
    changes: [
      ["{ trigger: 'again', to: 'Review', void: 'all', role: 'manager', reason: 'required' }", '{ | }'],
    ],
    offered: ['trigger', 'to', 'void', ...RULE],
  },
  {
    gap: 'triggers to reopen by',
    changes: [["reopen: { trigger: 'again'", "reopen: { trigger: '|'"]],
    offered: TRIGGERS,
  },
  {
    gap: 'states to reopen to',
    changes: [["to: 'Review', void", "to: '|', void"]],
    offered: ['Recorded', 'Review'],
  },
  {
    gap: 'ballots to void by reopening',
    changes: [["void: 'all', role: 'manager', reason", "void: '|', role: 'manager', reason"]],
    offered: ['all', 'code', 'owners'],
  },
  {
    gap: 'ballots to void',
    changes: [["void: 'code' },", "void: '|' },"]],
    offered: ['all', 'code', 'owners'],
  },
  {
    gap: 'ballots to void in a list',
    changes: [["void: ['code', 'owners'] },", "void: ['|'] },"]],
    offered: ['code', 'owners'],
  },
  {
    gap: 'ballots to void in a region',
    changes: [["{ when: 'ballots.code.passed' },", "{ when: 'ballots.code.passed', void: '|' },"]],
    offered: ['all', 'code', 'owners'],
  },
  {
    gap: 'ways to start one of several transitions',
    changes: [["{ after: '30d', calendar: 'office', if: 'threads.open > 0', void: 'code' }", '{ | }']],
    offered: ['trigger', 'after', 'idle', 'join', 'when', 'revision', 'void'],
  },
  {
    gap: 'ways to start a transition',
    changes: [["{ idle: '30d' }", '{ | }']],
    offered: ['trigger', 'after', 'idle', 'join', 'when', 'revision', 'void'],
  },
];
