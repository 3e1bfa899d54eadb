/**
 * Cases: what an author says a workflow does. Somebody proposes a change, people and agents send events, time goes by, and
 * after each step it is said where the change is, or how the event was refused. They stand in `NAME.cases.toml`.
 */
import { z } from 'zod';
import type { AttributeValue, PrincipalKind } from '../../machines/definition.ts';
import { parseDuration } from '../../machines/duration.ts';
import type { Json } from '../../persistence/records.ts';

/** `bob:reviewer,lead`: who, and which roles they hold. */
export const WHO = /^([^:]+)(?::([^:]*))?$/;

export interface EventStep {
  readonly as: string;
  /** A person where nothing is said. */
  readonly kind?: PrincipalKind;
  /** The person an agent works for. */
  readonly sponsor?: string;
  readonly event: string;
  readonly reason?: string;
  readonly data?: Json;
  /** The sender has just signed in anew, with two factors. */
  readonly signs?: true;
  readonly expect?: Expectation;
}

export interface WaitStep {
  /** A duration; timers that are due by then are over. */
  readonly wait: string;
  readonly expect?: Expectation;
}

/** States that must be active, `refused CODE`, or `late`. Nothing said: the event must be taken. */
export type Expectation = string | readonly string[];
export type CaseStep = EventStep | WaitStep;

export interface Case {
  readonly name: string;
  /** Attributes of the proposal. */
  readonly given?: Readonly<Record<string, AttributeValue>>;
  /** Who proposes; `ann` where nothing is said. */
  readonly author?: string;
  readonly authorKind?: PrincipalKind;
  /** How many hold the roles that shares are taken of. */
  readonly electorates?: Readonly<Record<string, number>>;
  readonly steps: readonly CaseStep[];
}

const name = z.string().min(1).max(500);
const who = z.string().regex(WHO, { error: 'must name somebody, with roles as in "bob:reviewer,lead"' });
const kind = z.enum(['person', 'agent', 'system']);
const expect = z.union([name, z.array(name).min(1)]);
const wait = z.string().refine((text) => parseDuration(text) !== undefined, {
  error: 'must be a duration such as "24h" or "1d12h"',
});

const step = z.union(
  [
    z.strictObject({ wait, expect: expect.optional() }),
    z.strictObject({
      as: who,
      kind: kind.optional(),
      sponsor: name.optional(),
      event: name,
      reason: z.string().optional(),
      data: z.json().optional(),
      signs: z.literal(true).optional(),
      expect: expect.optional(),
    }),
  ],
  { error: 'must be { as = "bob:reviewer", event = "approve", expect = "Approved" } or { wait = "24h" }' },
);

const attribute = z.union([z.string(), z.int(), z.boolean(), z.array(z.string())]);

/** The whole sidecar file. */
export const casesSchema = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        name,
        given: z.record(z.string(), attribute).optional(),
        author: who.optional(),
        authorKind: kind.optional(),
        electorates: z.record(z.string(), z.int().min(0)).optional(),
        steps: z.array(step).max(1_000),
      }),
    )
    .max(2_000)
    .default([]),
});

export type CasesFile = { readonly cases: readonly Case[] };
