/** Permission: which refusal, in which order, and what would be accepted instead. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { next, restore } from '../../src/machines/compile.ts';
import { decidingRole, denial, type PlacedRule } from '../../src/machines/rules.ts';
import { agent, compiled, event, person } from './build.ts';

const rule: PlacedRule = {
  from: 'Review.code.pending',
  trigger: 'approve',
  roles: ['reviewer'],
  by: ['person'],
  exclude: ['author'],
  reason: 'required',
};
const context = { author: 'ann', escalated: {} };
const ask = (by: Parameters<typeof event>[1], reason?: string) =>
  denial(rule, context, event('approve', by, reason));

describe('a rule', () => {
  it('lets the right principal through', () => {
    expect(ask(person('bob', 'reviewer'), 'looks right')).toBeUndefined();
  });

  it('refuses by kind, then author, then role, then reason', () => {
    expect(ask(agent('ann', 'x'))?.code).toBe('WRONG_PRINCIPAL_KIND');
    expect(ask(person('ann', 'reviewer'))?.code).toBe('SELF_APPROVAL');
    expect(ask(person('bob', 'x'))?.code).toBe('MISSING_ROLE');
    expect(ask(person('bob', 'reviewer'), '  ')?.code).toBe('REASON_REQUIRED');
  });

  it('says who was refused what, and what would be accepted', () => {
    expect(ask(person('bob', 'guest', 'tester'))).toEqual({
      code: 'MISSING_ROLE',
      message: '"approve" in Review.code.pending needs the role reviewer; bob has guest and tester.',
      accepted: ['reviewer'],
    });
  });

  it('accepts roles that a timer added to the state or to the state around it', () => {
    for (const path of ['Review.code.pending', 'Review']) {
      const escalated = { author: 'ann', escalated: { [path]: ['lead'] } };
      const lead = event('approve', person('eve', 'lead'), 'overdue');
      expect(denial(rule, escalated, lead)).toBeUndefined();
      expect(decidingRole(rule, escalated, lead)).toBe('lead');
    }
  });

  it('names the role that decided, or none where none is needed', () => {
    const bob = event('approve', person('bob', 'guest', 'reviewer'), 'fine');
    expect(decidingRole(rule, context, bob)).toBe('reviewer');
    expect(decidingRole({ ...rule, roles: [] }, context, bob)).toBeNull();
  });

  it('permits exactly what the machine takes', () => {
    const roles = fc.subarray(['x', 'y', 'z']);
    const kinds = fc.constantFrom('person' as const, 'agent' as const, 'system' as const);
    const facts = fc.record({
      roles,
      by: fc.subarray(['person', 'agent', 'system']),
      excludesAuthor: fc.boolean(),
      needsReason: fc.boolean(),
      id: fc.constantFrom('ann', 'bob'),
      kind: kinds,
      held: roles,
      reason: fc.constantFrom(undefined, '', 'because'),
    });
    fc.assert(
      fc.property(facts, ({ id, kind, held, reason, ...wanted }) => {
        const workflow = compiled({
          name: 'One',
          roles: ['x', 'y', 'z'],
          triggers: ['go'],
          initial: 'A',
          states: { A: {}, B: { final: 'approved' } },
          transitions: {
            'A -> B': {
              trigger: 'go',
              ...(wanted.roles.length > 0 && { role: wanted.roles }),
              ...(wanted.by.length > 0 && { by: wanted.by }),
              ...(wanted.excludesAuthor && { exclude: 'author' }),
              ...(wanted.needsReason && { reason: 'required' }),
            },
          },
        });
        const sent = event('go', { id, kind, roles: held }, reason);
        const [placed] = workflow.leaving.get('A') ?? [];
        const snapshot = restore(workflow, { value: 'A', context, status: 'active' });
        expect(next(workflow, snapshot, sent).changed).toBe(
          placed !== undefined && denial(placed, context, sent) === undefined,
        );
      }),
    );
  });
});
