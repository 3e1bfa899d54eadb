/** Mistakes in ballots, one each, in the grown workflow. */
import type { Mistake } from './project.ts';

export const BALLOT_MISTAKES: readonly Mistake[] = [
  {
    mistake: 'votes taken in a place that does not exist',
    changes: [["in: ['Review', 'Recorded'],", "in: 'Revew', // <-"]],
    sentence: "unknown place 'Revew'",
  },
  {
    mistake: 'a state of a region that does not exist, in a list of places',
    changes: [["in: ['Review', 'Recorded'],", "in: ['Review', 'Review.security.gone'], // <-"]],
    sentence: "unknown place 'Review.security.gone'",
  },
  {
    mistake: 'an empty list of places',
    changes: [["in: ['Review', 'Recorded'],", 'in: [], // <-']],
    sentence: 'an empty list names no place',
  },
  {
    mistake: 'a ballot in no place',
    changes: [
      ['owners: {\n', 'owners: { // <-\n'],
      ["in: ['Review', 'Recorded'],", ''],
    ],
    sentence: "a ballot says where votes are taken, as in { in: 'Review' }",
  },
  {
    mistake: 'a ballot in which nothing is cast',
    changes: [
      ['owners: {\n', 'owners: { // <-\n'],
      ['cast: { accept: 1 },', ''],
    ],
    sentence: "a ballot says what is cast, as in { cast: { approve: 'approve' } }",
  },
  {
    mistake: 'an undeclared trigger that casts',
    changes: [['cast: { accept: 1 },', "cast: { acept: 'approve' }, // <-"]],
    sentence: "unknown trigger 'acept'",
  },
  {
    mistake: 'an unknown vote',
    changes: [['cast: { accept: 1 },', "cast: { accept: 'yes' }, // <-"]],
    sentence: "unknown vote 'yes'",
  },
  {
    mistake: 'a vote out of range',
    changes: [['cast: { accept: 1 },', 'cast: { accept: 3 }, // <-']],
    sentence: "unknown vote '3'",
  },
  {
    mistake: 'an unknown vote with a rule',
    changes: [['value: -2,', "value: 'veto', // <-\n"]],
    sentence: "unknown vote 'veto'",
  },
  {
    mistake: 'a cast without a value',
    changes: [['cast: { accept: 1 },', "cast: { accept: { role: 'lead' } }, // <-"]],
    sentence: "a cast says its value, as in { value: 'approve' }",
  },
  {
    mistake: 'an undeclared role in a cast',
    changes: [["role: ['lead'] },", "role: ['led'] }, // <-"]],
    sentence: "unknown role 'led'",
  },
  {
    mistake: 'an unknown key in a cast',
    changes: [['value: -2,', 'value: -2, why: true, // <-\n']],
    sentence: "unknown key 'why'",
  },
  {
    mistake: 'a need of two kinds',
    changes: [['{ majority: true },', '{ majority: true, approvals: 1 }, // <-']],
    sentence: "give exactly one of 'approvals', 'share', 'majority', 'each' and 'weight'",
  },
  {
    mistake: 'a need of no kind',
    changes: [['{ majority: true },', "{ if: 'attributes.urgent' }, // <-"]],
    sentence: "give exactly one of 'approvals', 'share', 'majority', 'each' and 'weight'",
  },
  {
    mistake: 'no approvals',
    changes: [['approvals: 2,', 'approvals: 0, // <-\n']],
    sentence: "'approvals' is a whole number, 1 or more",
  },
  {
    mistake: 'a need that is no table',
    changes: [["needs: { each: 'owners' },", "needs: 'owners', // <-"]],
    sentence: 'write keys and values here',
  },
  {
    mistake: 'an empty list of needs',
    changes: [["needs: { each: 'owners' },", 'needs: [], // <-']],
    sentence: 'an empty list asks for nothing',
  },
  {
    mistake: 'a least value that no approval has',
    changes: [['at: 2,', 'at: 3, // <-\n']],
    sentence: "unknown value '3'",
  },
  {
    mistake: 'a least value where no approvals are counted',
    changes: [['{ majority: true },', '{ majority: true, at: 2 }, // <-']],
    sentence: "'at' belongs to 'approvals'",
  },
  {
    mistake: 'an exclusion where no approvals are counted',
    changes: [['{ majority: true },', "{ majority: true, exclude: 'author' }, // <-"]],
    sentence: "'exclude' belongs to 'approvals'",
  },
  {
    mistake: 'an unknown exclusion in a need',
    changes: [["exclude: ['uploader'] },", "exclude: ['committer'] }, // <-"]],
    sentence: "unknown exclusion 'committer'",
  },
  {
    mistake: 'a share of nobody',
    changes: [['{ majority: true },', '{ share: 50 }, // <-']],
    sentence: "'share' says of whom, as in { share: 50, of: 'core_team' }",
  },
  {
    mistake: 'a share above everybody',
    changes: [['share: 50,', 'share: 101, // <-\n']],
    sentence: "'share' is a whole number of percent, 1 to 100",
  },
  {
    mistake: 'a share of an undeclared role',
    changes: [["of: 'reviewer', if", "of: 'everybody', // <-\nif"]],
    sentence: "unknown role 'everybody'",
  },
  {
    mistake: 'a majority of some',
    changes: [['{ majority: true },', "{ majority: true, of: 'lead' }, // <-"]],
    sentence: "'of' belongs to 'approvals' or 'share'",
  },
  {
    mistake: 'a majority that is not asked for',
    changes: [['{ majority: true },', '{ majority: false }, // <-']],
    sentence: "'majority' is true, or is left out",
  },
  {
    mistake: 'an approval from each of one role without a list',
    changes: [["needs: { each: 'owners' },", "needs: { each: 'lead' }, // <-"]],
    sentence: "'each' is 'owners' or a list of roles, not 'lead'",
  },
  {
    mistake: 'an approval from each of undeclared roles',
    changes: [["each: ['lead', 'reviewer']", "each: ['lead', 'owner'] // <-\n"]],
    sentence: "unknown role 'owner'",
  },
  {
    mistake: 'a weight below one',
    changes: [['{ weight: 3,', '{ weight: -3, // <-\n']],
    sentence: "'weight' is a whole number, 1 or more",
  },
  {
    mistake: 'a condition of a need that is none',
    changes: [["{ kind: 'read', path: ['attributes', 'urgent'] }", 'true // <-\n']],
    sentence: 'a condition is text, or what the builder of conditions makes',
  },
  {
    mistake: 'an unknown key in a need',
    changes: [['{ majority: true },', '{ majority: true, quorum: 3 }, // <-']],
    sentence: "unknown key 'quorum'",
  },
  {
    mistake: 'a veto that is an approval',
    changes: [['veto: -2,', 'veto: 1, // <-']],
    sentence: "unknown veto '1'",
  },
  {
    mistake: 'a weight of an undeclared role',
    changes: [['weights: { lead: 2,', 'weights: { led: 2, // <-\n']],
    sentence: "unknown role 'led'",
  },
  {
    mistake: 'a weight that is no whole number',
    changes: [['weights: { lead: 2,', 'weights: { lead: 0.5, // <-\n']],
    sentence: 'a weight is a whole number, 0 or more',
  },
  {
    mistake: 'a ballot apart from one that does not exist',
    changes: [["apart: 'code',", "apart: ['cod'], // <-"]],
    sentence: "unknown ballot 'cod'",
  },
  {
    mistake: 'a ballot apart from itself',
    changes: [["apart: 'code',", "apart: 'owners', // <-"]],
    sentence: "ballot 'owners' cannot be apart from itself",
  },
  {
    mistake: 'a ballot apart from others and itself',
    changes: [["apart: 'code',", "apart: ['code', 'owners'], // <-"]],
    sentence: "ballot 'owners' cannot be apart from itself",
  },
  {
    mistake: 'a condition to apply that is none',
    changes: [['applies: \'attributes.risk == "high"\',', 'applies: 1, // <-']],
    sentence: 'a condition is text, or what the builder of conditions makes',
  },
  {
    mistake: 'an override that is no tree of a condition',
    changes: [["override: 'attributes.urgent',", "override: { kind: 'maybe' }, // <-"]],
    sentence: 'a condition is text, or what the builder of conditions makes',
  },
  {
    mistake: 'an unknown word for what a revision does to votes',
    changes: [["revision: 'keep',", "revision: 'hold', // <-"]],
    sentence: "unknown revision 'hold'",
  },
  {
    mistake: 'an unknown reason to keep votes',
    changes: [["keep: ['same_tree', 'same_patch'],", "keep: ['same_tree', 'same_author'], // <-\n"]],
    sentence: "unknown keep 'same_author'",
  },
  {
    mistake: 'an unknown word for what a revision does to vetoes',
    changes: [["vetoes: 'keep' },", "vetoes: 'forget' }, // <-"]],
    sentence: "unknown vetoes 'forget'",
  },
  {
    mistake: 'an undeclared role of a ballot',
    changes: [["role: 'reviewer',\n", "role: 'viewer', // <-\n"]],
    sentence: "unknown role 'viewer'",
  },
  {
    mistake: 'an unknown kind of principal',
    changes: [["by: ['person', 'agent'],", "by: ['robot'], // <-"]],
    sentence: "unknown kind of principal 'robot'",
  },
  {
    mistake: 'an unknown exclusion',
    changes: [["exclude: ['author', 'contributors'],", "exclude: ['author', 'reviewers'], // <-"]],
    sentence: "unknown exclusion 'reviewers'",
  },
  {
    mistake: 'an unknown meaning of a signature',
    changes: [["sign: 'review',", "sign: 'seen', // <-"]],
    sentence: "unknown meaning 'seen'",
  },
  {
    mistake: 'an unknown key in a ballot',
    changes: [['veto: -2,', 'quorum: 2, // <-']],
    sentence: "unknown key 'quorum'",
  },
];
