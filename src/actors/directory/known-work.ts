/**
 * What the directory adds to inputs when they are about to be stepped: the roles their senders hold there, how many hold the
 * roles that shares are taken of, and whom the agents named in a revision work for. So a step needs to ask nobody.
 */
import type { Definition } from '../../machines/definition.ts';
import type { ChangeFacts, Json } from '../../persistence/records.ts';
import type { EventCommand } from '../commands.ts';
import type { Work } from '../mailbox.ts';
import type { Input } from '../step.ts';
import { type Directories, knownAs } from './directories.ts';
import { type Directory, holdersOf, type Place } from './state.ts';

type Facts = Pick<ChangeFacts, 'project' | 'author'>;

/** The same work with what the directories of its tenants say. */
export async function withDirectories(
  work: readonly Work[],
  directories: Directories,
): Promise<readonly Work[]> {
  const known = new Map<string, Directory>();
  for (const { mailbox } of work) {
    const { tenant } = mailbox.ref;
    if (!known.has(tenant)) known.set(tenant, directories.known(tenant) ?? (await directories.of(tenant)));
  }
  if ([...known.values()].every(({ seq }) => seq === 0)) return work;
  return work.map((each) => {
    const { live, ref } = each.mailbox;
    const directory = known.get(ref.tenant);
    if (!live || !directory || directory.seq === 0) return each;
    const { facts, workflow } = live;
    const items = each.items.map((item) => ({
      ...item,
      input: withDirectory(item.input, directory, facts, workflow.definition),
    }));
    return { ...each, items };
  });
}

function withDirectory(input: Input, directory: Directory, facts: Facts, definition: Definition): Input {
  if (input.kind !== 'event' && input.kind !== 'propose') return input;
  const { envelope } = input;
  const principal = knownAs(directory, envelope.principal, placeOf(facts));
  const known = principal === envelope.principal ? input : { ...input, envelope: { ...envelope, principal } };
  if (known.kind === 'propose') {
    const electorates = electoratesOf(directory, facts, definition);
    return electorates ? { ...known, electorates } : known;
  }
  const command = commandKnown(known.command, directory, facts, definition);
  return command === known.command ? known : { ...known, command };
}

/** A revision that says nothing of electorates and sponsors, with what the directory knows of them. */
function commandKnown(
  command: EventCommand,
  directory: Directory,
  facts: Facts,
  definition: Definition,
): EventCommand {
  if (directory.seq === 0 || command.trigger !== 'change.revise') return command;
  const data = fieldsOf(command.data);
  if (!data) return command;
  const electorates = 'electorates' in data ? undefined : electoratesOf(directory, facts, definition);
  const sponsors = 'sponsors' in data ? undefined : sponsorsOf(directory, data);
  if (!electorates && !sponsors) return command;
  return {
    ...command,
    data: { ...data, ...(electorates && { electorates }), ...(sponsors && { sponsors }) },
  };
}

/** What does not fit is left to the step, which refuses it. */
function fieldsOf(data: Json = null): { readonly [field: string]: Json } | undefined {
  if (data === null) return {};
  return typeof data === 'object' && !Array.isArray(data)
    ? (data as { readonly [field: string]: Json })
    : undefined;
}

/** How many hold each role that a share is taken of, directly or through a role that includes it. */
function electoratesOf(
  directory: Directory,
  facts: Facts,
  { ballots = {}, includes = {} }: Definition,
): Record<string, number> | undefined {
  const needs = Object.values(ballots).flatMap((ballot) => ballot.needs);
  const roles = new Set(needs.flatMap((need) => (need.kind === 'share' ? [need.of] : [])));
  if (roles.size === 0) return undefined;
  const sizes = [...roles].map((role) => {
    const holders = holdersOf(directory, rolesWith(role, includes), placeOf(facts));
    return [role, holders.length] as const;
  });
  return Object.fromEntries(sizes);
}

/** The role and all roles that include it, directly or through others. */
function rolesWith(role: string, includes: Readonly<Record<string, readonly string[]>>): string[] {
  const found = new Set([role]);
  for (const each of found)
    for (const [wider, narrower] of Object.entries(includes)) if (narrower.includes(each)) found.add(wider);
  return [...found];
}

function sponsorsOf(
  { principals }: Directory,
  data: { readonly [field: string]: Json },
): Record<string, string> | undefined {
  const { author, committer, coAuthors } = data;
  const named = [author, committer, ...(Array.isArray(coAuthors) ? coAuthors : [])];
  const found = named.flatMap((id) => {
    const sponsor = typeof id === 'string' ? principals.get(id)?.sponsor : undefined;
    return typeof id === 'string' && sponsor !== undefined ? [[id, sponsor] as const] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function placeOf({ project, author }: Facts): Place {
  return { project, author };
}
