/** A review that never has to end: two regions in which reviewers ask and the author answers, with roles and separation of duties. */
import { workflow } from '../src/machines/workflow.ts';

export const parley = workflow({
  name: 'Parley',
  roles: ['developer', 'reviewer'],
  triggers: [
    'submit',
    'ask_security',
    'answer_security',
    'ask_code',
    'answer_code',
    'approve_security',
    'approve_code',
  ],
  initial: 'Recorded',
  states: {
    Recorded: {},
    Review: {
      regions: {
        security: {
          initial: 'pending',
          states: { pending: {}, asked: {}, approved: { final: 'approved' } },
          transitions: {
            'pending -> asked': { trigger: 'ask_security', role: 'reviewer', exclude: 'author' },
            'asked -> pending': { trigger: 'answer_security', role: 'developer' },
            'pending -> approved': { trigger: 'approve_security', role: 'reviewer', exclude: 'author' },
          },
        },
        code: {
          initial: 'pending',
          states: { pending: {}, asked: {}, approved: { final: 'approved' } },
          transitions: {
            'pending -> asked': { trigger: 'ask_code', role: 'reviewer', exclude: 'author' },
            'asked -> pending': { trigger: 'answer_code', role: 'developer' },
            'pending -> approved': { trigger: 'approve_code', role: 'reviewer', exclude: 'author' },
          },
        },
      },
    },
    Approved: { final: 'approved' },
  },
  transitions: {
    'Recorded -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Approved': { join: 'all' },
  },
});

/** The events of the loop, by turn. */
export const TURNS = [
  { trigger: 'ask_security', by: 'reviewer' },
  { trigger: 'ask_code', by: 'reviewer' },
  { trigger: 'answer_security', by: 'author' },
  { trigger: 'answer_code', by: 'author' },
] as const;
