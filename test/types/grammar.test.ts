/** The typed spelling and the schema of the grammar know the same keys and words, and accept the same sound workflow. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { is, some, startsWith } from '../../src/machines/conditions/build.ts';
import type { ParsedSource } from '../../src/machines/source.ts';
import { sourceSchema } from '../../src/machines/source.ts';
import type { ParsedBallot } from '../../src/machines/source-ballots.ts';
import type { ParsedRule, ParsedTransition } from '../../src/machines/source-rules.ts';
import type { AmendKeys, AttributeKeys } from '../../src/machines/types/attributes.ts';
import type { BallotKeys, CastKeys, KeptKeys, Vote } from '../../src/machines/types/ballots.ts';
import type { SuspensionKeys } from '../../src/machines/types/checked.ts';
import type { NeedKeys } from '../../src/machines/types/needs.ts';
import type { Declared, RuleKeys } from '../../src/machines/types/rule.ts';
import type { WorkflowShape } from '../../src/machines/types/shape.ts';
import type { ReopenKeys, StateKeys, SupersedeKeys, TimerKeys } from '../../src/machines/types/state.ts';
import type { Around, TransitionKeys } from '../../src/machines/types/transition.ts';
import { workflow } from '../../src/machines/workflow.ts';
import { GROWN } from './grown.ts';

type ParsedState = ParsedSource['states'][string];
type ParsedAttribute = NonNullable<ParsedSource['attributes']>[string];
type KeysOfAny<T> = T extends unknown ? keyof T : never;
type Written<T, K extends string> = T extends { readonly [key in K]?: infer V } ? NonNullable<V> : never;
type WithKeys = Extract<ParsedBallot['revision'], object>;

describe('the typed spelling', () => {
  it('knows the keys of the grammar', () => {
    expectTypeOf<keyof WorkflowShape>().toEqualTypeOf<keyof ParsedSource>();
    expectTypeOf<keyof RuleKeys<unknown, Declared>>().toEqualTypeOf<keyof ParsedRule>();
    expectTypeOf<keyof TransitionKeys<unknown, string, Around>>().toEqualTypeOf<keyof ParsedTransition>();
    expectTypeOf<keyof StateKeys<unknown, unknown, Declared>>().toEqualTypeOf<keyof ParsedState>();
    expectTypeOf<keyof TimerKeys<unknown, string>>().toEqualTypeOf<
      keyof NonNullable<ParsedState['timers']>[string]
    >();
    expectTypeOf<keyof ReopenKeys<unknown, unknown, Declared>>().toEqualTypeOf<
      keyof NonNullable<ParsedState['reopen']>
    >();
    expectTypeOf<keyof SupersedeKeys<unknown, unknown, Declared>>().toEqualTypeOf<
      keyof NonNullable<ParsedSource['supersede']>
    >();
    expectTypeOf<keyof SuspensionKeys<unknown, Declared>>().toEqualTypeOf<
      keyof NonNullable<ParsedSource['suspension']>
    >();
  });

  it('knows the keys and words of ballots and attributes', () => {
    expectTypeOf<keyof BallotKeys<unknown, unknown, Declared>>().toEqualTypeOf<keyof ParsedBallot>();
    expectTypeOf<keyof CastKeys<unknown, Declared>>().toEqualTypeOf<
      KeysOfAny<ParsedBallot['cast'][string]>
    >();
    expectTypeOf<Extract<Vote, string>>().toEqualTypeOf<
      Extract<ParsedBallot['cast'][string]['value'], string>
    >();
    expectTypeOf<keyof NeedKeys<unknown, Declared>>().toEqualTypeOf<keyof ParsedBallot['needs'][number]>();
    expectTypeOf<keyof KeptKeys<unknown>>().toEqualTypeOf<keyof WithKeys>();
    expectTypeOf<keyof AttributeKeys<unknown, Declared>>().toEqualTypeOf<KeysOfAny<ParsedAttribute>>();
    expectTypeOf<keyof AmendKeys<unknown, Declared>>().toEqualTypeOf<
      keyof Written<ParsedAttribute, 'amend'>
    >();
  });

  it('writes what the schema accepts', () => {
    const literal = /workflow\(([\s\S]*)\);/.exec(GROWN)?.[1];
    const written: unknown = new Function(`return (${literal});`)();
    expect(sourceSchema.safeParse(written).error?.issues).toBeUndefined();
  });

  it('takes conditions from the builder wherever a condition may stand', () => {
    const high = is('attributes.risk', 'high');
    const built = workflow({
      name: 'Built',
      roles: ['reviewer'],
      triggers: ['approve', 'go'],
      attributes: { risk: { oneOf: ['low', 'high'] } },
      ballots: {
        code: {
          in: 'Review',
          cast: { approve: { value: 'approve', if: high } },
          needs: { approvals: 1, if: some('revision.files', startsWith('auth/')) },
          applies: high,
          override: high,
        },
      },
      initial: 'Review',
      states: { Review: {}, Approved: { final: 'approved' } },
      transitions: { 'Review -> Approved': [{ when: high }, { trigger: 'go', if: high }] },
    });
    expect(sourceSchema.safeParse(built).error?.issues).toBeUndefined();
    expectTypeOf(built.ballots.code.in).toEqualTypeOf<'Review'>();
  });

  it('lets a state be there only for reopening', () => {
    workflow({
      name: 'Again',
      roles: [],
      triggers: ['approve', 'reopen'],
      initial: 'Review',
      states: {
        Review: {},
        Second: {},
        Approved: { final: 'approved', reopen: { trigger: 'reopen', to: 'Second' } },
      },
      transitions: {
        'Review -> Approved': { trigger: 'approve' },
        'Second -> Approved': { trigger: 'approve' },
      },
    });
  });

  it('refuses to void ballots where none is declared', () => {
    workflow({
      name: 'Plain',
      roles: [],
      triggers: ['approve'],
      initial: 'Review',
      states: { Review: {}, Approved: { final: 'approved' } },
      // @ts-expect-error unknown ballot 'code'
      transitions: { 'Review -> Approved': { trigger: 'approve', void: 'code' } },
    });
  });
});
