/** What `workflow` gives back, and the mistakes it refuses, held by the type check of this repository itself. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { workflow } from '../../src/index.ts';

const simple = workflow({
  name: 'Simple',
  roles: ['reviewer'],
  triggers: ['approve'],
  initial: 'Review',
  states: { Review: {}, Approved: { final: 'approved' } },
  transitions: { 'Review -> Approved': { trigger: 'approve', role: 'reviewer' } },
});

describe('workflow', () => {
  it('keeps the literal types of what it is given', () => {
    expectTypeOf(simple.name).toEqualTypeOf<'Simple'>();
    expectTypeOf(simple.initial).toEqualTypeOf<'Review'>();
    expectTypeOf<keyof typeof simple.states>().toEqualTypeOf<'Review' | 'Approved'>();
    expectTypeOf<keyof typeof simple.transitions>().toEqualTypeOf<'Review -> Approved'>();
  });

  it('is plain data at run time', () => {
    expect(JSON.parse(JSON.stringify(simple))).toEqual(simple);
  });

  it('refuses a role that is not declared', () => {
    workflow({
      ...simple,
      // @ts-expect-error unknown role 'manager'
      transitions: { 'Review -> Approved': { trigger: 'approve', role: 'manager' } },
    });
  });

  it('refuses an initial state that does not exist', () => {
    // @ts-expect-error unknown state 'Start'
    workflow({ ...simple, initial: 'Start' });
  });

  it('refuses a state that nothing reaches', () => {
    // @ts-expect-error state 'Orphan' cannot be reached from 'Review'
    workflow({ ...simple, states: { ...simple.states, Orphan: { final: 'rejected' } } });
  });
});
