/** One mistake each: what to change in the sound workflow (`<-` marks the line of the error), and what `tsc` must say. */
import type { Mistake } from './project.ts';

export const MISTAKES: readonly Mistake[] = [
  {
    mistake: 'a transition to a state that does not exist',
    changes: [
      ["'Recorded -> Review'", "'Recorded -> Nowhere': { trigger: 'submit' }, // <-\n'Recorded -> Review'"],
    ],
    sentence: "unknown state 'Nowhere' in 'Recorded -> Nowhere'",
  },
  {
    mistake: 'a key that is no transition',
    changes: [["'Recorded -> Review'", "Recorded: { trigger: 'submit' }, // <-\n'Recorded -> Review'"]],
    sentence: "'Recorded' must read 'From -> To'",
  },
  {
    mistake: 'a role that is not declared',
    changes: [["role: 'developer' }", "role: 'manager' } // <-\n"]],
    sentence: "unknown role 'manager'",
  },
  {
    mistake: 'an undeclared role in a list',
    changes: [["role: ['reviewer']", "role: ['reviewer', 'manager'] // <-\n"]],
    sentence: "unknown role 'manager'",
  },
  {
    mistake: 'an undeclared role that a timer escalates to',
    changes: [["escalate: 'reviewer' } },", "escalate: 'lead' } }, // <-"]],
    sentence: "unknown role 'lead'",
  },
  {
    mistake: 'a trigger that is not declared',
    changes: [
      ["{ trigger: 'submit', role: 'developer' },", "{ trigger: 'sumbit', role: 'developer' }, // <-"],
    ],
    sentence: "unknown trigger 'sumbit'",
  },
  {
    mistake: 'an unknown initial state',
    changes: [["initial: 'Recorded',", "initial: 'Start', // <-"]],
    sentence: "unknown state 'Start'",
  },
  {
    mistake: 'an unknown outcome',
    changes: [["Approved: { final: 'approved' },", "Approved: { final: 'merged' }, // <-"]],
    sentence: "unknown outcome 'merged'",
  },
  {
    mistake: 'a duration that is none',
    changes: [["{ after: '24h',", "{ after: 'tomorrow', // <-\n"]],
    sentence: "unknown duration 'tomorrow'",
  },
  {
    mistake: 'a state that nothing reaches',
    changes: [
      [
        "Approved: { final: 'approved' },",
        "Approved: { final: 'approved' },\nOrphan: { final: 'withdrawn' }, // <-",
      ],
    ],
    sentence: "state 'Orphan' cannot be reached from 'Recorded'",
  },
  {
    mistake: 'states that only reach each other',
    changes: [
      [
        "Recorded: { title: 'Recorded locally' },",
        "Recorded: { title: 'Recorded locally' },\nLeft: {}, // <-\nRight: {},",
      ],
      [
        "'Recorded -> Review'",
        "'Left -> Right': { trigger: 'submit' }, 'Right -> Left': { trigger: 'submit' },\n'Recorded -> Review'",
      ],
    ],
    sentence: "state 'Left' cannot be reached from 'Recorded'",
  },
  {
    mistake: 'a transition out of a final state',
    changes: [
      ["'Recorded -> Review'", "'Approved -> Review': { trigger: 'submit' }, // <-\n'Recorded -> Review'"],
    ],
    sentence: "state 'Approved' is final and cannot be left",
  },
  {
    mistake: 'a state that nothing leaves',
    changes: [
      ['Rejected: { final', 'Stuck: {}, // <-\nRejected: { final'],
      ["'Recorded -> Review'", "'Recorded -> Stuck': { trigger: 'submit' },\n'Recorded -> Review'"],
    ],
    sentence: "state 'Stuck' is not final and nothing leaves it",
  },
  {
    mistake: 'no final state at all',
    changes: [
      ['states: {\n    Recorded', 'states: { // <-\n    Recorded'],
      ["Approved: { final: 'approved' }", 'Approved: {}'],
      ["Rejected: { final: 'rejected' }", 'Rejected: {}'],
    ],
    sentence: 'no state is final',
  },
  {
    mistake: 'a join where there are no regions',
    changes: [
      ["{ trigger: 'submit', role: 'developer' },", "[{ trigger: 'submit' }, { join: 'all' }], // <-"],
    ],
    sentence: "state 'Recorded' has no regions to join",
  },
  {
    mistake: 'regions that nothing joins',
    changes: [
      ['Review: {', 'Review: { // <-'],
      ["'Review -> Approved': { join: 'all' }", "'Recorded -> Approved': { trigger: 'approve' }"],
      ["'Review -> Rejected': [", "'Recorded -> Rejected': ["],
    ],
    sentence: "nothing joins the regions of state 'Review' and nothing leaves it",
  },
  {
    mistake: 'an unknown key in a transition',
    changes: [["role: ['reviewer']", "rolle: ['reviewer'] // <-\n"]],
    sentence: "unknown key 'rolle'",
  },
  {
    mistake: 'an unknown key in a state',
    changes: [["Recorded: { title: 'Recorded locally' },", "Recorded: { name: 'Recorded locally' }, // <-"]],
    sentence: "unknown key 'name'",
  },
  {
    mistake: 'an unknown key of the workflow',
    changes: [["initial: 'Recorded',", "initial: 'Recorded',\nversion: 2, // <-"]],
    sentence: "unknown key 'version'",
  },
  {
    mistake: 'two ways to start one transition',
    changes: [["{ join: 'all' },", "{ join: 'all', after: '3d' }, // <-"]],
    sentence: "give exactly one of 'trigger', 'after', 'idle', 'join', 'when' and 'revision'",
  },
  {
    mistake: 'a role for a transition that nobody sends',
    changes: [["{ join: 'all' },", "{ join: 'all', role: 'reviewer' }, // <-"]],
    sentence: "'role' belongs to a 'trigger'",
  },
  {
    mistake: 'an unknown state in a region',
    changes: [
      ["'pending -> passed'", "'pending -> done': { trigger: 'reject' }, // <-\n'pending -> passed'"],
    ],
    sentence: "unknown state 'done' in 'pending -> done'",
  },
  {
    mistake: 'an unknown initial state in a region',
    changes: [["initial: 'pending',", "initial: 'start', // <-"]],
    sentence: "unknown state 'start'",
  },
  {
    mistake: 'an unreachable state in a region',
    changes: [['pending: {},', "pending: {},\nskipped: { final: 'approved' }, // <-"]],
    sentence: "state 'skipped' cannot be reached from 'pending'",
  },
  {
    mistake: 'a dead end in a region',
    changes: [
      ['pending: {},', 'pending: {},\nstuck: {}, // <-'],
      ["'pending -> passed'", "'pending -> stuck': { trigger: 'reject' },\n'pending -> passed'"],
    ],
    sentence: "state 'stuck' is not final and nothing leaves it",
  },
  {
    mistake: 'a region without a final state',
    changes: [
      ['states: {\n            pending', 'states: { // <-\n            pending'],
      ["passed: { final: 'approved' }", 'passed: {}'],
    ],
    sentence: 'no state is final',
  },
  {
    mistake: 'an undeclared trigger in a region',
    changes: [
      ["{ trigger: 'approve', role: 'reviewer' },", "{ trigger: 'aprove', role: 'reviewer' }, // <-"],
    ],
    sentence: "unknown trigger 'aprove'",
  },
];
