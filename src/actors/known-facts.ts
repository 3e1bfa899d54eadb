/**
 * What the runtime knows beside what a sender says: who that is, by the directory, and whose files a revision touches, by
 * the owners files of the project. It is added when a batch is about to be stepped, so that events keep their order, an
 * idempotency key stands for what was sent, and the log shows by which groups a revision was judged.
 *
 * Files that no rule names need nobody. A team ("@org/team") that the directory does not know is nobody either, so its group
 * stays missing rather than being passed over.
 */
import { LRUCache } from 'lru-cache';
import { CountersignError } from '../errors.ts';
import { BOUNDS } from '../machines/built-in.ts';
import type { OwnerGroup } from '../machines/context.ts';
import type { ChangeRef, Json, ProjectRef } from '../persistence/records.ts';
import type { EventCommand } from './commands.ts';
import { withStandings } from './dependencies/standings.ts';
import type { Directories } from './directory/directories.ts';
import { withDirectories } from './directory/known-work.ts';
import { type Directory, meantBy } from './directory/state.ts';
import type { Live } from './live.ts';
import type { Item, Mailbox, Work } from './mailbox.ts';
import { type OwnerRules, ownerGroups } from './owners/groups.ts';
import { readOwners } from './owners/read-owners.ts';
import type { Store } from './ports.ts';
import type { Input } from './step.ts';

/** Projects whose rules are kept read; a large repository's take a few MB. */
const KEPT = 100;
const MAX_NAME = 500;
const NOBODY: ReadonlySet<string> = new Set();

interface KeptRules {
  readonly setAt: number;
  readonly rules: OwnerRules;
}

export class KnownFacts {
  readonly #store: Pick<Store, 'ownersSetAt' | 'projectOwners' | 'standings'>;
  readonly #directories: Directories;
  readonly #kept = new LRUCache<string, KeptRules>({ max: KEPT });

  constructor(store: Pick<Store, 'ownersSetAt' | 'projectOwners' | 'standings'>, directories: Directories) {
    this.#store = store;
    this.#directories = directories;
  }

  /**
   * The same work; senders have the roles that the directory grants them there, and revisions that name their files, and no
   * owners, name these too where the project has rules.
   */
  async added(given: readonly Work[], together = NOBODY): Promise<readonly Work[]> {
    const known = await withDirectories(given, this.#directories);
    const work = await withStandings(known, this.#store, (tenant) => this.#directories.of(tenant), together);
    const projects = new Map<string, ProjectRef>();
    for (const { mailbox, items } of work) {
      const project = mailbox.live?.facts.project;
      if (project === undefined || !items.some(asksForOwners)) continue;
      const ref = { tenant: mailbox.ref.tenant, project };
      projects.set(nameOf(ref), ref);
    }
    if (projects.size === 0) return work;
    const rules = await this.#rulesOf([...projects.values()]);
    return Promise.all(
      work.map(async (each) => {
        const { tenant } = each.mailbox.ref;
        const project = each.mailbox.live?.facts.project ?? '';
        const found = rules.get(nameOf({ tenant, project }));
        if (!found) return each;
        const meant = { rules: found, directory: await this.#directories.of(tenant), project };
        return { ...each, items: each.items.flatMap((item) => withOwners(item, meant)) };
      }),
    );
  }

  /** The same for one input that nobody waits for; and the change as it would meet it, also where there is none. */
  async addedTo<T extends Input | undefined>(
    ref: ChangeRef,
    live: Live,
    input: T,
  ): Promise<{ live: Live; input: T }> {
    let problem: Error | undefined;
    const fail = (error: Error) => {
      problem = error;
    };
    const mailbox: Mailbox = {
      ref,
      id: '',
      waiting: [],
      live,
      quarantined: false,
      busy: false,
      gates: undefined,
    };
    const items = input ? [{ input, claim: null, settle: () => {}, fail, attempts: 0 }] : [];
    const [work] = await this.added([{ mailbox, items }]);
    if (problem) throw problem;
    return { live: mailbox.live ?? live, input: (work?.items[0]?.input ?? input) as T };
  }

  async #rulesOf(projects: readonly ProjectRef[]): Promise<Map<string, OwnerRules>> {
    const stamps = await this.#store.ownersSetAt(projects);
    const found = await Promise.all(
      stamps.map(async ({ setAt, ...ref }) => [nameOf(ref), await this.#rules(ref, setAt)] as const),
    );
    return new Map(found.flatMap(([name, rules]) => (rules ? [[name, rules] as const] : [])));
  }

  async #rules({ tenant, project }: ProjectRef, setAt: number): Promise<OwnerRules | undefined> {
    const name = nameOf({ tenant, project });
    const kept = this.#kept.get(name);
    if (kept && kept.setAt >= setAt) return kept.rules;
    const owners = await this.#store.projectOwners(tenant, project);
    if (!owners) return undefined;
    const rules = readOwners(owners.format, owners.files);
    this.#kept.set(name, { setAt: owners.setAt, rules });
    return rules;
  }
}

/** What owners files say of a project, and who is meant by the names in them. */
interface Meant {
  readonly rules: OwnerRules;
  readonly directory: Directory;
  readonly project: string;
}

/** The groups as a change remembers them. */
export function groupsFor({ rules, directory, project }: Meant, files: readonly string[]): OwnerGroup[] {
  const meant = (member: string) => meantBy(directory, member, { project }).map(principalOf);
  return ownerGroups(rules, files).map(({ name, members, required, files: named, fileCount }) => ({
    name: name.slice(0, MAX_NAME),
    members: [...new Set(members.flatMap(meant))].sort(),
    files: named,
    ...(fileCount > named.length && { fileCount }),
    ...(required !== 1 && { required }),
  }));
}

/** "@octocat" → "octocat"; teams, roles ("@@maintainer"), addresses and logins stay as they are written. */
function principalOf(member: string): string {
  return /^@[^@/]+$/.test(member) ? member.slice(1) : member;
}

/** The item with its owners; none where that failed, for then it has been answered. */
function withOwners(item: Item, meant: Meant): Item[] {
  const { input } = item;
  if (input.kind !== 'event' || !touchedBy(input.command)) return [item];
  try {
    return [{ ...item, input: { ...input, command: commandWith(input.command, meant) } }];
  } catch (cause) {
    item.fail(
      new CountersignError('INTERNAL', 'The owners of the touched files could not be found.', { cause }),
    );
    return [];
  }
}

function asksForOwners({ input }: Item): boolean {
  return input.kind === 'event' && touchedBy(input.command) !== undefined;
}

function commandWith(command: EventCommand, meant: Meant): EventCommand {
  const owners = groupsFor(meant, touchedBy(command) ?? []);
  return { ...command, data: { ...(command.data as object), owners } as unknown as Json };
}

/** The files whose owners are asked for. What does not fit is left to the step, which refuses it. */
function touchedBy({ trigger, data }: EventCommand): readonly string[] | undefined {
  if (trigger !== 'change.revise') return undefined;
  if (typeof data !== 'object' || data === null || !('files' in data) || 'owners' in data) return undefined;
  const { files } = data;
  if (!Array.isArray(files) || files.length > BOUNDS.files) return undefined;
  return files.every((file) => typeof file === 'string') ? files : undefined;
}

function nameOf({ tenant, project }: ProjectRef): string {
  return `${tenant}/${project}`;
}
