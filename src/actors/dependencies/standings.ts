/**
 * Where the dependencies of changes stand, looked up when a batch is about to be stepped: what a revision names gets its
 * change, policy and standing, and what changes remember is brought up to date. A step so decides by what is committed, and
 * the commit holds it to the versions that were seen.
 */
import { asSeen, type Dependency, type DependsOn, isSameDependency } from '../../machines/dependencies.ts';
import type { Json, Standing, Target } from '../../persistence/records.ts';
import type { Directory } from '../directory/state.ts';
import { dependencyRules } from '../directory/state.ts';
import type { Live } from '../live.ts';
import type { Item, Work } from '../mailbox.ts';
import type { Store } from '../ports.ts';
import type { Policies, Reactions } from './edge.ts';

interface Rules {
  readonly policies: Policies;
  readonly reactions: Reactions;
}

/**
 * The same work; mailboxes of changes with dependencies hold where these stand now, and so do revisions that bring them.
 * `together`: changes that are done in one commit or not at all.
 */
export async function withStandings(
  work: readonly Work[],
  store: Pick<Store, 'standings'>,
  directoryOf: (tenant: string) => Promise<Directory>,
  together: ReadonlySet<string>,
): Promise<readonly Work[]> {
  const asking = work.filter(
    ({ mailbox, items }) => mailbox.live && (remembered(mailbox.live) || items.some(named)),
  );
  if (asking.length === 0) return work;
  const targets = new Map(asking.flatMap(targetsOf).map((target) => [nameOf(target), target]));
  const names = [...targets.keys()];
  const known = new Map<string, Standing>();
  for (const standing of await store.standings([...targets.values()]))
    known.set(names[standing.place - 1] ?? '', standing);
  const fresh = new Map<Work, Work>();
  for (const each of asking) fresh.set(each, await withKnown(each, known, directoryOf, together));
  return work.map((each) => fresh.get(each) ?? each);
}

async function withKnown(
  work: Work,
  known: ReadonlyMap<string, Standing>,
  directoryOf: (tenant: string) => Promise<Directory>,
  together: ReadonlySet<string>,
): Promise<Work> {
  const { mailbox, items } = work;
  const { live, ref } = mailbox;
  if (!live) return work;
  const { project } = live.facts;
  const rules = dependencyRules(await directoryOf(ref.tenant), project);
  const look = (given: DependsOn) =>
    seen(given, known.get(nameOf({ tenant: ref.tenant, project, target: given.on })), rules, together);
  mailbox.live = withRemembered(live, look);
  const isItself = (target: string) => target === ref.change || target === live.facts.key;
  return { ...work, items: items.map((item) => withNamed(item, look, isItself)) };
}

/** What is known of a dependency: those that nobody proposed yet are unknown, and block as open ones do. */
function seen(
  { on, kind, rule }: DependsOn,
  standing: Standing | undefined,
  { policies, reactions }: Rules,
  together: ReadonlySet<string>,
): Dependency {
  const policy = policies[kind];
  if (!standing) return { on, kind, rule, policy, standing: 'unknown', version: 0 };
  const { change, version, outcome, superseded, risk } = standing;
  const isGone = outcome === 'rejected' || outcome === 'withdrawn';
  const isTold = isGone && policy === 'block' && reactions[superseded ? 'superseded' : outcome] === 'tell';
  return asSeen({
    on,
    kind,
    rule,
    change,
    policy: isTold ? 'warn' : policy,
    standing: outcome ?? (together.has(change) ? 'together' : 'open'),
    version,
    ...(risk !== null && { risk }),
  });
}

function targetsOf({ mailbox: { live, ref }, items }: Work): Target[] {
  const project = live?.facts.project ?? '';
  const all = [...((live && remembered(live)) ?? []), ...items.flatMap((item) => named(item) ?? [])];
  return all.map(({ on }) => ({ tenant: ref.tenant, project, target: on }));
}

function remembered({ snapshot }: Live): readonly Dependency[] | undefined {
  return snapshot?.context.dependencies;
}

function withRemembered(live: Live, look: (given: DependsOn) => Dependency): Live {
  const before = remembered(live);
  if (!live.snapshot || !before) return live;
  const dependencies = before.map(look);
  if (dependencies.every((each, at) => isSameDependency(each, before[at]))) return live;
  const snapshot = { ...live.snapshot, context: { ...live.snapshot.context, dependencies } };
  return { ...live, snapshot, stored: live.stored ?? before };
}

/** What an input says a change depends on; what does not fit is left to the step, which refuses it. */
function named({ input }: Item): readonly DependsOn[] | undefined {
  if (input.kind !== 'event') return undefined;
  const { trigger, data } = input.command;
  if (trigger !== 'change.revise' && trigger !== 'change.depend') return undefined;
  const given = (data as { readonly dependencies?: Json } | undefined | null)?.dependencies;
  if (!Array.isArray(given) || !given.every(isDependsOn)) return undefined;
  return given as unknown as readonly DependsOn[];
}

function isDependsOn(value: unknown): value is DependsOn {
  return typeof value === 'object' && value !== null && 'on' in value && typeof value.on === 'string';
}

/** A change does not depend on itself, and on another once in each way. */
function withNamed(
  item: Item,
  look: (given: DependsOn) => Dependency,
  isItself: (target: string) => boolean,
): Item {
  const given = named(item);
  if (!given || item.input.kind !== 'event') return item;
  const { command } = item.input;
  const once = new Map<string, DependsOn>();
  for (const each of given) {
    const name = `${each.kind}\0${each.on}`;
    if (!isItself(each.on) && !once.has(name)) once.set(name, each);
  }
  const dependencies = [...once.values()].map(look);
  const data = { ...(command.data as object), dependencies } as unknown as Json;
  return { ...item, input: { ...item.input, command: { ...command, data } } };
}

function nameOf({ tenant, project, target }: Target): string {
  return `${tenant}\0${project}\0${target}`;
}
