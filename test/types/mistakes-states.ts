/** Mistakes in states and transitions that take votes, revisions or conditions, one each, in the grown workflow. */
import type { Mistake } from './project.ts';

const START = "give exactly one of 'trigger', 'after', 'idle', 'join', 'when' and 'revision'";

export const STATE_MISTAKES: readonly Mistake[] = [
  {
    mistake: 'an undeclared role that a timer reminds',
    changes: [["remind: 'developer' },", "remind: 'dev' }, // <-\n"]],
    sentence: "unknown role 'dev'",
  },
  {
    mistake: 'an unknown key in a timer',
    changes: [["silent: { after: '1h' }", "silent: { after: '1h', notify: 'lead' } // <-\n"]],
    sentence: "unknown key 'notify'",
  },
  {
    mistake: 'timers of a final state',
    changes: [["Approved: { final: 'approved' },", "Approved: { final: 'approved', timers: {} }, // <-"]],
    sentence: 'a final state has no timers',
  },
  {
    mistake: 'regions of a final state',
    changes: [["Approved: { final: 'approved' },", "Approved: { final: 'approved', regions: {} }, // <-"]],
    sentence: 'a final state has no regions',
  },
  {
    mistake: 'reopening what is not final',
    changes: [['Review: {\n', "Review: {\nreopen: { trigger: 'again', to: 'Recorded' }, // <-\n"]],
    sentence: "'reopen' belongs to a final state",
  },
  {
    mistake: 'reopening a state of a region',
    changes: [
      [
        "passed: { final: 'approved' }",
        "passed: { final: 'approved', reopen: { trigger: 'again', to: 'pending' } } // <-\n",
      ],
    ],
    sentence: "'reopen' belongs to a final state of the workflow itself",
  },
  {
    mistake: 'reopening to a state that does not exist',
    changes: [["to: 'Review', void", "to: 'Revew', // <-\nvoid"]],
    sentence: "unknown state 'Revew'",
  },
  {
    mistake: 'reopening to a final state',
    changes: [["to: 'Review', void", "to: 'Approved', // <-\nvoid"]],
    sentence: "state 'Approved' is final: reopen to one that is not",
  },
  {
    mistake: 'reopening to nowhere',
    changes: [["reopen: { trigger: 'again', to: 'Review',", "reopen: { trigger: 'again', // <-\n"]],
    sentence: "'reopen' says where the change goes on",
  },
  {
    mistake: 'reopening by nothing',
    changes: [["reopen: { trigger: 'again',", 'reopen: { // <-\n']],
    sentence: "'reopen' says by which trigger",
  },
  {
    mistake: 'reopening by an undeclared trigger',
    changes: [["reopen: { trigger: 'again',", "reopen: { trigger: 'agian', // <-\n"]],
    sentence: "unknown trigger 'agian'",
  },
  {
    mistake: 'an undeclared role that reopens',
    changes: [["void: 'all', role: 'manager', reason", "void: 'all', role: 'boss', // <-\nreason"]],
    sentence: "unknown role 'boss'",
  },
  {
    mistake: 'reopening that voids an unknown ballot',
    changes: [["void: 'all', role: 'manager', reason", "void: 'cod', // <-\nrole: 'manager', reason"]],
    sentence: "unknown ballot 'cod'",
  },
  {
    mistake: 'an unknown key in a reopening',
    changes: [["reopen: { trigger: 'again',", "reopen: { trigger: 'again', late: 'record', // <-\n"]],
    sentence: "unknown key 'late'",
  },
  {
    mistake: 'voiding an unknown ballot',
    changes: [["void: 'code' },", "void: 'cod' }, // <-"]],
    sentence: "unknown ballot 'cod'",
  },
  {
    mistake: 'voiding an unknown ballot in a list',
    changes: [["void: ['code', 'owners'] },", "void: ['code', 'owner'] }, // <-"]],
    sentence: "unknown ballot 'owner'",
  },
  {
    mistake: 'voiding an unknown ballot in a region',
    changes: [["{ when: 'ballots.code.passed' },", "{ when: 'ballots.code.passed', void: 'cod' }, // <-"]],
    sentence: "unknown ballot 'cod'",
  },
  {
    mistake: 'a condition and a trigger to start one transition',
    changes: [
      ["{ when: 'ballots.code.passed' },", "{ when: 'ballots.code.passed', trigger: 'approve' }, // <-"],
    ],
    sentence: START,
  },
  {
    mistake: 'a transition that nothing starts',
    changes: [["{ when: 'ballots.code.passed' },", "{ void: 'all' }, // <-"]],
    sentence: START,
  },
  {
    mistake: 'an empty transition',
    changes: [["{ when: 'ballots.code.passed' },", '{}, // <-']],
    sentence: START,
  },
  {
    mistake: 'an empty list of transitions',
    changes: [["{ when: 'ballots.code.passed' },", '[], // <-']],
    sentence: 'an empty list is no transition',
  },
  {
    mistake: 'a revision that starts nothing',
    changes: [['{ revision: true,', '{ revision: false, // <-\n']],
    sentence: "'revision' is true, or is left out",
  },
  {
    mistake: 'a start by condition that is none',
    changes: [["{ when: 'ballots.code.passed' },", '{ when: true }, // <-']],
    sentence: 'a condition is text, or what the builder of conditions makes',
  },
  {
    mistake: 'a guard that is no condition',
    changes: [['if: \'attributes.branch != ""\' },', 'if: () => true }, // <-']],
    sentence: 'a condition is text, or what the builder of conditions makes',
  },
  {
    mistake: 'a further condition of a transition by condition',
    changes: [["{ when: 'ballots.code.passed' },", "{ when: 'ballots.code.passed', if: 'true' }, // <-"]],
    sentence: "'if' belongs to a 'trigger', an 'after' or an 'idle'",
  },
  {
    mistake: 'a calendar where no time passes',
    changes: [["{ when: 'ballots.code.passed' },", "{ when: 'true', calendar: 'office' }, // <-"]],
    sentence: "'calendar' belongs to an 'after' or an 'idle'",
  },
  {
    mistake: 'a calendar that is no name',
    changes: [["calendar: 'office', remind", 'calendar: 5, // <-\nremind']],
    sentence: "'calendar' is the name of one of the tenant's calendars",
  },
  {
    mistake: 'a signature on what nobody sends',
    changes: [["idle: '30d' },", "idle: '30d', sign: 'approval' }, // <-"]],
    sentence: "'sign' belongs to a 'trigger'",
  },
  {
    mistake: 'an unknown meaning of a signature',
    changes: [["sign: 'responsibility',", "sign: 'agreed', // <-\n"]],
    sentence: "unknown meaning 'agreed'",
  },
  {
    mistake: 'an idle time that is no duration',
    changes: [["idle: '30d' },", "idle: 'a month' }, // <-"]],
    sentence: "unknown duration 'a month'",
  },
  {
    mistake: 'a state that only a condition would have left',
    changes: [
      ['pending: {}, passed', 'pending: {}, // <-\npassed'],
      ["'pending -> passed': { when: 'ballots.code.passed' },", ''],
    ],
    sentence: "state 'pending' is not final and nothing leaves it",
  },
  {
    mistake: 'a state that nothing reaches, reopening included',
    changes: [["Withdrawn: { final: 'withdrawn' },", "Withdrawn: { final: 'withdrawn' },\nLost: {}, // <-"]],
    sentence: "state 'Lost' cannot be reached from 'Recorded'",
  },
];
