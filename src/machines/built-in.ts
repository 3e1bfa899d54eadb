/**
 * Events that every workflow knows, whatever its author declared: new revisions, amended attributes, suspension, being
 * superseded, threads.
 * The dot in their names keeps them apart from triggers. What they may and what they do stands here, once for all.
 */
import { z } from 'zod';
import type { Refusal } from '../errors.ts';
import { type ChangeContext, partiesOf } from './context.ts';
import type { AttributeValue, Definition, Rule } from './definition.ts';
import { asSeen, DEPENDENCY_KINDS, POLICIES } from './dependencies.ts';
import { isActive } from './paths.ts';
import { refusalOf } from './permission.ts';
import { revise } from './revising.ts';
import type { TriggerEvent } from './rules.ts';

/** What one change may be made to remember. */
export const BOUNDS = {
  files: 10_000,
  owners: 500,
  members: 2_000,
  threads: 1_000,
  dependencies: 1_000,
  people: 100,
  list: 200,
} as const;

const word = z.string().min(1).max(500);
const people = z.array(word).max(BOUNDS.people);
const remark = z.string().min(1).max(10_000);
const files = z.array(z.string().min(1).max(4_096)).max(BOUNDS.files);

const ownerGroup = z.strictObject({
  name: word,
  members: z.array(word).max(BOUNDS.members),
  files,
  fileCount: z.int().min(0).optional(),
  required: z.int().min(0).optional(),
});

/** Where it stands is for the runtime to say: what a sender says of that is replaced. */
const dependency = z.strictObject({
  on: word,
  kind: z.enum(DEPENDENCY_KINDS),
  rule: word,
  change: z.string().optional(),
  policy: z.enum(POLICIES).optional(),
  standing: z.string().max(100).optional(),
  version: z.int().min(0).optional(),
  risk: z.string().max(2_000).optional(),
});

/** What each of them brings; strict, so that a misspelt field is not silently nothing. */
export const DATA = {
  // Without data nothing is known of the content, and only votes that always stay do.
  'change.revise': z.preprocess(
    (data) => data ?? {},
    z.strictObject({
      commit: word.optional(),
      base: word.optional(),
      tree: word.optional(),
      patchId: word.optional(),
      author: word.optional(),
      coAuthors: people.optional(),
      committer: word.optional(),
      files: files.optional(),
      changed: files.optional(),
      lines: z.int().min(0).optional(),
      owners: z.array(ownerGroup).max(BOUNDS.owners).optional(),
      electorates: z.record(word, z.int().min(0)).optional(),
      // Who each agent among them works for; the runtime adds what the directory knows.
      sponsors: z.record(word, word).optional(),
      // What it depends on, instead of what the revision before did; the runtime adds where each of them stands.
      dependencies: z.array(dependency).max(BOUNDS.dependencies).optional(),
    }),
  ),
  'change.amend': z.record(word, z.union([z.string().max(2_000), z.int(), z.boolean(), people])),
  'change.suspend': z.undefined().or(z.null()),
  'change.resume': z.undefined().or(z.null()),
  'change.supersede': z.strictObject({ by: z.uuid() }),
  // All that it depends on from now on.
  'change.depend': z.strictObject({ dependencies: z.array(dependency).max(BOUNDS.dependencies) }),
  // Something happened to what it depends on: it is looked at again.
  'dependency.recheck': z.strictObject({ because: z.string().max(500).optional() }).nullish(),
  // What is said stands in the log; the change remembers only which threads are open.
  'thread.open': z.strictObject({
    thread: word,
    text: remark.optional(),
    file: z.string().min(1).max(4_096).optional(),
    line: z.int().min(1).optional(),
    revision: z.int().min(1).optional(),
  }),
  'thread.comment': z.strictObject({ thread: word, text: remark }),
  'thread.resolve': z.strictObject({ thread: word }),
} as const;

export type BuiltIn = keyof typeof DATA;
export const BUILT_IN = Object.keys(DATA) as readonly BuiltIn[];

export function isBuiltIn(event: string): event is BuiltIn {
  return Object.hasOwn(DATA, event);
}

const ANYBODY: Rule = { roles: [], by: [], exclude: [], reason: 'optional' };

/** Why the event may not happen now, or undefined where it may. */
export function builtInRefusal(
  definition: Definition,
  context: ChangeContext,
  event: TriggerEvent,
): Refusal | undefined {
  const { type, value } = event;
  if (!isBuiltIn(type)) return undefined;
  const outcome = typeof value === 'string' ? definition.states[value]?.final : undefined;
  if (outcome) {
    const message = `The change is ${outcome}; "${type}" cannot change that.`;
    return { code: 'CHANGE_CLOSED', message, accepted: [] };
  }
  const parsed = DATA[type].safeParse(event.data);
  if (!parsed.success) return malformed(type, z.prettifyError(parsed.error));
  const rule = ruleOf(definition, context, event, type);
  if ('code' in rule) return rule;
  const placed = {
    on: 'trigger',
    from: 'every state',
    to: '',
    trigger: type,
    late: 'refuse',
    ...rule,
  } as const;
  return refusalOf(definition, placed, context, event) ?? particulars(definition, context, event, type);
}

function ruleOf(
  { revisions, suspension, supersede }: Definition,
  context: ChangeContext,
  { principal }: TriggerEvent,
  type: BuiltIn,
): Rule | Refusal {
  if (type === 'change.suspend' || type === 'change.resume') {
    const rule = type === 'change.suspend' ? suspension?.suspend : suspension?.resume;
    if (!rule) return notEnabled(`This workflow has no suspension; "${type}" does nothing here.`);
    if (type === 'change.resume' && !context.suspended)
      return notEnabled('The change is not suspended; there is nothing to resume.');
    return rule;
  }
  if (type === 'change.supersede')
    return supersede ?? notEnabled(`In this workflow no change is superseded; "${type}" does nothing here.`);
  if (type !== 'change.revise' && type !== 'change.depend') return ANYBODY;
  if (revisions) return revisions;
  const authors = [context.author, ...(context.authorFor ?? [])];
  if ([principal.id, ...partiesOf(principal)].some((each) => authors.includes(each))) return ANYBODY;
  const message = `Only ${context.author}, the author, brings new revisions of this change and says what it depends on; ${principal.id} is somebody else.`;
  return { code: 'NOT_THE_AUTHOR', message, accepted: [] };
}

/** What only this kind of event has to satisfy. */
function particulars(
  definition: Definition,
  context: ChangeContext,
  event: TriggerEvent,
  type: BuiltIn,
): Refusal | undefined {
  if (type === 'change.amend') return amendment(definition, context, event);
  const threads = context.threads ?? [];
  const { thread = '' } = (event.data ?? {}) as { thread?: string };
  if (type === 'thread.resolve' && !threads.includes(thread))
    return notEnabled(`No open thread "${thread}" waits to be resolved.`, threads);
  if (type === 'thread.comment' && !threads.includes(thread))
    return notEnabled(`No thread "${thread}" is open; open it to say more.`, threads);
  if (type === 'thread.open' && threads.includes(thread))
    return notEnabled(`The thread "${thread}" is open already.`);
  if (type === 'thread.open' && threads.length >= BOUNDS.threads)
    return notEnabled(`The change has ${threads.length} open threads; resolve some first.`);
  return undefined;
}

function amendment(definition: Definition, context: ChangeContext, event: TriggerEvent): Refusal | undefined {
  for (const [name, given] of Object.entries(event.data as Record<string, unknown>)) {
    const attribute = definition.attributes?.[name];
    const { amend } = attribute ?? {};
    if (!attribute) return malformed(event.type, `the workflow declares no attribute "${name}"`);
    if (!amend) return notEnabled(`The attribute "${name}" is fixed when the change is proposed.`);
    const here = amend.in.some((path) => event.value !== undefined && isActive(event.value, path));
    if (!here)
      return notEnabled(`The attribute "${name}" can be amended only in ${amend.in.join(', ')}.`, amend.in);
    const problem = misfit(definition, name, given);
    if (problem) return malformed(event.type, problem);
    const rule = {
      on: 'trigger',
      from: amend.in[0] ?? '',
      to: '',
      trigger: event.type,
      late: 'refuse',
      ...amend,
    } as const;
    const refused = refusalOf(definition, rule, context, event);
    if (refused) return refused;
  }
  return undefined;
}

/** Why a value does not fit its attribute's declaration, or undefined. */
export function misfit({ attributes = {} }: Definition, name: string, given: unknown): string | undefined {
  const attribute = attributes[name];
  if (!attribute) return undefined;
  const { type, oneOf } = attribute;
  const fits = {
    text: typeof given === 'string',
    int: Number.isSafeInteger(given),
    bool: typeof given === 'boolean',
    list: Array.isArray(given) && given.every((each) => typeof each === 'string'),
  }[type];
  if (!fits) return `the attribute "${name}" is of type ${type}, not ${JSON.stringify(given).slice(0, 80)}`;
  if (Array.isArray(given) && given.length > BOUNDS.list)
    return `the attribute "${name}" holds up to ${BOUNDS.list} texts, not ${given.length}`;
  if (oneOf && !oneOf.includes(given as string))
    return `the attribute "${name}" can be ${oneOf.join(', ')}, not "${String(given).slice(0, 80)}"`;
  return undefined;
}

/** What the event leaves behind. Asked only where nothing refuses it. */
export function applyBuiltIn(
  definition: Definition,
  context: ChangeContext,
  event: TriggerEvent,
): ChangeContext {
  const { principal, data, at = 0, reason } = event;
  const { thread = '' } = (data ?? {}) as { thread?: string };
  switch (event.type as BuiltIn) {
    case 'change.revise':
      return revise(context, definition.ballots ?? {}, DATA['change.revise'].parse(data), principal).context;
    case 'change.amend':
      return {
        ...context,
        attributes: { ...context.attributes, ...(data as Record<string, AttributeValue>) },
      };
    case 'change.suspend':
      return { ...context, suspended: { by: principal.id, at, ...(reason !== undefined && { reason }) } };
    case 'change.resume': {
      const { suspended: _, ...rest } = context;
      return rest;
    }
    case 'change.depend':
      return {
        ...context,
        dependencies: DATA['change.depend'].parse(data).dependencies.map(asSeen),
      };
    case 'dependency.recheck':
      return { ...context };
    case 'change.supersede':
      return { ...context, supersededBy: (data as { by: string }).by };
    case 'thread.comment':
      return { ...context };
    case 'thread.open':
      return { ...context, threads: [...(context.threads ?? []), thread] };
    case 'thread.resolve':
      return { ...context, threads: (context.threads ?? []).filter((each) => each !== thread) };
  }
}

function notEnabled(message: string, accepted: readonly string[] = []): Refusal {
  return { code: 'NOT_ENABLED', message, accepted };
}

function malformed(type: string, what: string): Refusal {
  return {
    code: 'DATA_INVALID',
    message: `The data of "${type}" do not fit: ${what.slice(0, 500)}.`,
    accepted: [],
  };
}
