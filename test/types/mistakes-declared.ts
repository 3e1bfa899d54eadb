/** Mistakes in what a workflow declares beside its states, one each, in the grown workflow. */
import type { Mistake } from './project.ts';

export const DECLARED_MISTAKES: readonly Mistake[] = [
  {
    mistake: 'an undeclared role that includes others',
    changes: [["includes: { lead: 'reviewer',", "includes: { led: 'reviewer', // <-\n"]],
    sentence: "unknown role 'led'",
  },
  {
    mistake: 'an undeclared role that is included',
    changes: [["includes: { lead: 'reviewer',", "includes: { lead: 'viewer', // <-\n"]],
    sentence: "unknown role 'viewer'",
  },
  {
    mistake: 'an undeclared role in a list of those included',
    changes: [["manager: ['lead', 'reviewer'] },", "manager: ['lead', 'boss'] }, // <-"]],
    sentence: "unknown role 'boss'",
  },
  {
    mistake: 'an unknown type of an attribute',
    changes: [["branch: 'text',", "branch: 'string', // <-"]],
    sentence: "unknown type 'string'",
  },
  {
    mistake: 'an unknown type of an attribute written out',
    changes: [["{ type: 'int', initial: 1 },", "{ type: 'integer' }, // <-"]],
    sentence: "unknown type 'integer'",
  },
  {
    mistake: 'an initial value that is none of the choices',
    changes: [["initial: 'low',", "initial: 'medium', // <-"]],
    sentence: "'oneOf' does not list 'medium'",
  },
  {
    mistake: 'an initial value of another type',
    changes: [["{ type: 'int', initial: 1 },", "{ type: 'int', initial: 'one' }, // <-"]],
    sentence: "this is no value of the type 'int'",
  },
  {
    mistake: 'an initial number that is not whole',
    changes: [["{ type: 'int', initial: 1 },", "{ type: 'int', initial: 1.5 }, // <-"]],
    sentence: "this is no value of the type 'int'",
  },
  {
    mistake: 'choices that are not listed',
    changes: [["oneOf: ['low', 'high'],", "oneOf: 'low', // <-"]],
    sentence: "'oneOf' is a list of texts",
  },
  {
    mistake: 'choices that are no texts',
    changes: [["oneOf: ['low', 'high'],", "oneOf: ['low', 2], // <-"]],
    sentence: "'oneOf' lists texts",
  },
  {
    mistake: 'no choices',
    changes: [
      ["oneOf: ['low', 'high'],", 'oneOf: [], // <-'],
      ["initial: 'low',", ''],
    ],
    sentence: "'oneOf' lists at least one text",
  },
  {
    mistake: 'an attribute with choices and a type',
    changes: [["oneOf: ['low', 'high'],", "oneOf: ['low', 'high'], type: 'text', // <-"]],
    sentence: "give 'oneOf' or 'type', not both",
  },
  {
    mistake: 'an attribute with neither choices nor a type',
    changes: [["{ type: 'int', initial: 1 },", '{ initial: 1 }, // <-']],
    sentence: "an attribute says its 'type', or the texts it is 'oneOf'",
  },
  {
    mistake: 'an unknown key in an attribute',
    changes: [["{ type: 'int', initial: 1 },", "{ type: 'int', max: 1 }, // <-"]],
    sentence: "unknown key 'max'",
  },
  {
    mistake: 'an amendment in a place that does not exist',
    changes: [["in: ['Recorded', 'Review.security'],", "in: ['Recorded', 'Review.code'], // <-\n"]],
    sentence: "unknown place 'Review.code'",
  },
  {
    mistake: 'an amendment in no place',
    changes: [["amend: { in: 'Review' } },", "amend: { role: 'lead' } }, // <-"]],
    sentence: "'amend' says where, as in { in: 'Review' }",
  },
  {
    mistake: 'an undeclared role that amends',
    changes: [["role: 'lead', reason: 'required' },\n    },", "role: 'led' }, // <-\n    },"]],
    sentence: "unknown role 'led'",
  },
  {
    mistake: 'an undeclared role that revises',
    changes: [["revisions: { role: 'developer' },", "revisions: { role: 'dev' }, // <-"]],
    sentence: "unknown role 'dev'",
  },
  {
    mistake: 'a rule that is only a role',
    changes: [["revisions: { role: 'developer' },", "revisions: ['developer'], // <-"]],
    sentence: 'write keys and values here',
  },
  {
    mistake: 'an undeclared role that suspends',
    changes: [["suspend: { role: 'lead', reason: 'required' },", "suspend: { role: 'led' }, // <-\n"]],
    sentence: "unknown role 'led'",
  },
  {
    mistake: 'a reason that is optional in so many words',
    changes: [["suspend: { role: 'lead', reason: 'required' },", "suspend: { reason: 'optional' }, // <-\n"]],
    sentence: "unknown reason 'optional'",
  },
  {
    mistake: 'an unknown key of a suspension',
    changes: [['resume: {} },', 'resume: {}, pause: {} }, // <-']],
    sentence: "unknown key 'pause'",
  },
  {
    mistake: 'superseded changes that end in an unknown state',
    changes: [["to: 'Replaced' },", "to: 'Replced' }, // <-"]],
    sentence: "unknown state 'Replced'",
  },
  {
    mistake: 'superseded changes that do not end',
    changes: [["to: 'Replaced' },", "to: 'Review' }, // <-"]],
    sentence: "state 'Review' is not final: superseded changes end in one that is",
  },
  {
    mistake: 'superseded changes that end nowhere',
    changes: [
      [
        "supersede: { role: 'manager', reason: 'required', to: 'Replaced' },",
        "supersede: { role: 'manager' }, // <-",
      ],
    ],
    sentence: "'supersede' says in which final state, as in { to: 'Withdrawn' }",
  },
  {
    mistake: 'an undeclared role that supersedes',
    changes: [["supersede: { role: 'manager',", "supersede: { role: 'boss', // <-\n"]],
    sentence: "unknown role 'boss'",
  },
];
