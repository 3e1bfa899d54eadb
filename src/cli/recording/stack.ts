/**
 * Brings a stack of commits to the server, oldest first: each becomes a change, or a new revision of the change with its
 * Change-Id, or nothing where the server has it as it is. Every step has an idempotency key made of what it is about, so a
 * recording that was cut off is taken up where it ended.
 */
import { createHash } from 'node:crypto';
import { CountersignError, type Refusal } from '../../errors.ts';
import { differingPaths } from '../../vcs/git/content.ts';
import type { Repository } from '../../vcs/git/repository.ts';
import { type Revision, readRevisions } from '../../vcs/git/revisions.ts';
import type { Api } from '../api.ts';
import type { Reply } from '../problem.ts';
import type { As, Change } from '../wire.ts';
import { type Attributes, attributesFor } from './attributes.ts';
import { dependenciesIn } from './depends-on.ts';
import { diffBodyOf } from './diff-body.ts';
import { type DependsOn, factsOf } from './facts.ts';
import { actingAs, principalIn } from './people.ts';
import { type Range, short } from './range.ts';
import { vanishedFrom } from './vanished.ts';

export interface Recorded {
  readonly key: string;
  readonly commit: string;
  readonly title: string;
  readonly done: 'proposed' | 'revised' | 'unchanged' | 'refused';
  /** As it stands afterwards; null where there is none. */
  readonly change: Change | null;
  readonly dependsOn: readonly DependsOn[];
  readonly refusal: Refusal | null;
}

export interface Recording {
  readonly changes: readonly Recorded[];
  /** Sentences on what is not as one would expect. */
  readonly notes: readonly string[];
}

export interface Aim {
  readonly project: string;
  readonly definition: string;
  /** As they were given: `risk=high`. */
  readonly attributes?: readonly string[];
}

interface Work extends Omit<Aim, 'attributes'> {
  readonly api: Api;
  readonly repository: Repository;
  readonly notes: string[];
  readonly attributes: Attributes;
  /** Whether a workflow says who brings new revisions, by its name; else it is the author. */
  readonly hasRule: Map<string, boolean>;
}

export async function recordStack(
  api: Api,
  repository: Repository,
  range: Range,
  aim: Aim,
): Promise<Recording> {
  const attributes = await attributesIn(api, aim);
  const { of, unknown } = await dependenciesIn(api, repository, aim.project, range);
  // What does not fit is told before anything is sent.
  for (const revision of range.revisions) factsOf(revision, of.get(revision.commit) ?? [], null);
  const work: Work = { ...aim, api, repository, attributes, notes: [...unknown], hasRule: new Map() };
  const recorded: Recorded[] = [];
  for (const revision of range.revisions)
    recorded.push(await recordOne(work, revision, of.get(revision.commit) ?? []));
  const changes = await Promise.all(
    recorded.map(async (each) => ({ ...each, change: each.change && (await api.change(each.change.id)) })),
  );
  const vanished = await vanishedFrom(api, repository, aim.project, range);
  return { changes, notes: [...work.notes, ...vanished] };
}

/** What is not declared, or does not fit, is refused before anything is sent. */
async function attributesIn(
  api: Api,
  { definition, attributes = [] }: Pick<Aim, 'definition' | 'attributes'>,
): Promise<Attributes> {
  if (attributes.length === 0) return {};
  const declared = (await api.definition(definition))?.definition;
  if (declared) return attributesFor(declared, attributes);
  throw new CountersignError('NOT_FOUND', `There is no workflow ${definition} to take attributes.`, {
    hint: '"countersign definitions" lists them; "countersign deploy" adds one.',
  });
}

async function recordOne(work: Work, revision: Revision, dependsOn: readonly DependsOn[]): Promise<Recorded> {
  const told = { key: revision.changeId, commit: revision.commit, title: titleOf(revision), dependsOn };
  const known = await changeWith(work, revision.changeId);
  const proposed = known ? { ok: true as const, value: known } : await propose(work, revision);
  if (!proposed.ok) return { ...told, done: 'refused', change: null, refusal: proposed.refusal };
  const change = proposed.value;
  if (known) noteOther(work, known);
  if (isSame(change, revision)) {
    await sendDiff(work, change, revision);
    return { ...told, done: known ? 'unchanged' : 'proposed', change, refusal: null };
  }
  const revised = await revise(work, change, revision, dependsOn);
  if (!revised.ok) return { ...told, done: 'refused', change, refusal: revised.refusal };
  const now = await work.api.change(change.id);
  await sendDiff(work, now, revision);
  return { ...told, done: change.revision ? 'revised' : 'proposed', change: now, refusal: null };
}

async function changeWith(
  { api, project }: Pick<Work, 'api' | 'project'>,
  key: string,
): Promise<Change | undefined> {
  const [found] = (await api.changes({ key, project, limit: 1 })).items;
  return found && api.change(found.id);
}

export function isSame({ revision }: Pick<Change, 'revision'>, { commit, tree, patchId }: Revision): boolean {
  return revision?.commit === commit && revision.tree === tree && (revision.patch_id ?? null) === patchId;
}

/** What a change was proposed with stays. */
function noteOther({ attributes, notes }: Work, { key, id, attributes: stands = {} }: Change): void {
  const other = Object.keys(attributes).filter(
    (name) => JSON.stringify(stands[name]) !== JSON.stringify(attributes[name]),
  );
  if (other.length === 0) return;
  const name = key ?? id;
  notes.push(
    `${name} was proposed before, so what was said of ${other.join(', ')} does not count for it; amend it with "countersign send ${name} change.amend" where its workflow permits that.`,
  );
}

function titleOf({ subject, commit }: Revision): string {
  return subject.slice(0, 500).toWellFormed() || `Commit ${short(commit)}`;
}

function propose(work: Work, revision: Revision): Promise<Reply<Change>> {
  const { api, definition, project, attributes } = work;
  const { changeId: key, author } = revision;
  const who = principalIn(author);
  const proposal = {
    definition,
    project,
    key,
    title: titleOf(revision),
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(who !== undefined && { as: actingAs(who) }),
  };
  return permitted(api.propose(proposal, keyOf(project, key, 'propose', JSON.stringify(proposal))));
}

async function revise(
  work: Work,
  change: Change,
  revision: Revision,
  dependsOn: readonly DependsOn[],
): Promise<Reply<unknown>> {
  const { api, project } = work;
  const changed = await changedSince(work, change, revision);
  const data = factsOf(revision, dependsOn, changed);
  const as = await reviser(work, change);
  const number = (change.revision?.number ?? 0) + 1;
  const body = { trigger: 'change.revise', data, ...(as && { as }) };
  const idempotencyKey = keyOf(project, change.id, 'revise', `${number} ${JSON.stringify(body)}`);
  return permitted(api.send(change.id, body, { idempotencyKey }));
}

/** Why the server would refuse the commit as a revision of a change that it has, as things stand; it is only asked. */
export async function refusalAhead(
  { api, project, hasRule }: Pick<Work, 'api' | 'project' | 'hasRule'>,
  revision: Revision,
): Promise<Refusal | null> {
  const change = await changeWith({ api, project }, revision.changeId);
  if (!change || isSame(change, revision)) return null;
  const as = await reviser({ api, hasRule }, change);
  const data = { commit: revision.commit };
  return (await api.question(change.id, { trigger: 'change.revise', data, ...(as && { as }) })).refusal;
}

/** New revisions come from the change's author, unless the workflow says who brings them: then whoever records has to be that. */
async function reviser(
  { api, hasRule }: Pick<Work, 'api' | 'hasRule'>,
  { author, definition }: Change,
): Promise<As | undefined> {
  let rule = hasRule.get(definition);
  if (rule === undefined) {
    rule = (await api.definition(definition))?.definition?.revisions !== undefined;
    hasRule.set(definition, rule);
  }
  return rule ? undefined : actingAs(author);
}

/** The paths in which it differs from the revision before; null where that one is not in this repository. */
async function changedSince(
  { repository }: Work,
  { revision: before }: Change,
  revision: Revision,
): Promise<readonly string[] | null> {
  if (!before?.commit) return null;
  const [earlier] = await readRevisions(repository, [before.commit]).catch(() => []);
  if (!earlier || earlier.files === null) return null;
  return differingPaths(repository, earlier, revision);
}

/** Sent where it is not there yet. A revision is a revision without it, so what is too large is only told. */
async function sendDiff({ api, repository, notes }: Work, change: Change, revision: Revision): Promise<void> {
  const number = change.revision?.number;
  if (number === undefined) return;
  const { items } = await api.revisions(change.id);
  if (items.some((each) => each.number === number && each.content !== null)) return;
  const what = `What ${short(revision.commit)} holds is not shown by the server:`;
  const gzip = await diffBodyOf(repository, revision);
  if (gzip === undefined) return void notes.push(`${what} its diff is larger than the server takes.`);
  try {
    await api.recordDiff(change.id, number, { gzip });
  } catch (error) {
    const isUnfit =
      error instanceof CountersignError && ['BODY_TOO_LARGE', 'INVALID_INPUT'].includes(error.code);
    if (!isUnfit) throw error;
    notes.push(`${what} ${error.message}`);
  }
}

/** Only who records repositories is believed. */
async function permitted<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'FORBIDDEN') throw error;
    throw new CountersignError('FORBIDDEN', error.message, {
      cause: error,
      hint: 'Record with a token that has the role importer, or have the server record what is pushed ("countersign hook install --server" in the bare repository).',
    });
  }
}

function keyOf(...parts: readonly string[]): string {
  return `record:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}
