/** The trace of a finding, played on the runtime's step: does it lead into the trap, and is it one? */
import { type Live, proposed } from '../../src/actors/live.ts';
import { step } from '../../src/actors/step.ts';
import { compile } from '../../src/machines/compile.ts';
import type { AttributeValue, Definition } from '../../src/machines/definition.ts';
import { formatDuration } from '../../src/machines/duration.ts';
import { configuration } from '../../src/machines/paths.ts';
import { principal, START } from '../actors/rig.ts';

const HOUR_MS = 3_600_000;

/** Where the change is when the trace has been played, for each way in which that can be done; none where it cannot be. */
export function replayed(definition: Definition, trace: readonly string[]): Live[] {
  return proposals(definition).flatMap((begun) =>
    trace.reduce<Live[]>((all, label) => distinct(all.flatMap((each) => after(each, label))), [begun]),
  );
}

/**
 * Whether no outcome can be reached from here, or, where the region of this path is meant, no end of that region: whatever
 * people do is tried, up to `limit` situations.
 */
export function isTrap(live: Live, region?: string, limit = 400): boolean {
  const seen = new Map([[keyOf(live), live]]);
  for (const each of seen.values()) {
    const inside = region === undefined ? [] : placesOf(each).filter((path) => path.startsWith(`${region}.`));
    if (region === undefined ? each.outcome !== null : inside.some((path) => isEnd(each, path))) return false;
    if (region !== undefined && inside.length === 0) continue;
    if (seen.size > limit) return true;
    for (const next of everything(each)) seen.set(keyOf(next), seen.get(keyOf(next)) ?? next);
  }
  return true;
}

function isEnd({ workflow }: Live, path: string): boolean {
  const [state = '', region = '', name = ''] = path.split('.');
  return workflow.definition.states[state]?.regions?.[region]?.states[name]?.final !== undefined;
}

export function placesOf({ snapshot }: Live): string[] {
  return snapshot ? configuration(snapshot.value) : [];
}

/** A change with every combination of the attributes that may be one of few things. */
function proposals(definition: Definition): Live[] {
  const workflow = compile(definition);
  let all: Record<string, AttributeValue>[] = [{}];
  for (const [name, { type, oneOf }] of Object.entries(definition.attributes ?? {})) {
    const values = oneOf ?? (type === 'bool' ? [true, false] : []);
    if (values.length > 0 && all.length * values.length <= 32)
      all = all.flatMap((each) => values.map((value) => ({ ...each, [name]: value })));
  }
  return all.map((attributes) => {
    const facts = {
      project: 'web',
      key: null,
      title: 'A change',
      author: 'ann',
      authorKind: 'person',
      createdAt: START,
      definition: definition.name,
      definitionVersion: 1,
      attributes,
    };
    return step(
      proposed(workflow, facts),
      { kind: 'propose', envelope: { principal: principal('ann', [...definition.roles]) } },
      START,
    ).live;
  });
}

/** What one label of a trace can lead to: a trigger by somebody, a time, or what goes by itself once votes make it so. */
function after(live: Live, label: string): Live[] {
  const time = /^(?:after|idle) (\S+)/.exec(label)?.[1];
  if (time !== undefined)
    return overs(live)
      .filter(({ lasts }) => lasts === time)
      .map((each) => each.live);
  if (!label.startsWith('when ')) return sent(live, label);
  const here = placesOf(live).join();
  // It may have gone already, in the step before; else votes, discussion and amendments are tried for a while.
  const moved = [live];
  let resting = [live];
  for (let tries = 0; tries < 4; tries += 1) {
    const next = distinct(resting.flatMap(everything));
    moved.push(...next.filter((each) => placesOf(each).join() !== here));
    resting = next.filter((each) => placesOf(each).join() === here).slice(0, 60);
  }
  return distinct(moved).slice(0, 200);
}

function everything(live: Live): Live[] {
  const { triggers } = live.workflow.definition;
  return [
    ...[...triggers, 'change.revise'].flatMap((trigger) => sent(live, trigger)),
    ...overs(live).map((each) => each.live),
  ];
}

function sent(live: Live, trigger: string): Live[] {
  const { roles } = live.workflow.definition;
  const at = live.updatedAt + 1;
  const session = { id: 's', factors: 2, at };
  const people = [
    ...['ann', 'bob', 'cleo', 'dan'].map((id) => principal(id, [...roles])),
    ...roles.map((role) => principal(`only ${role}`, [role])),
  ];
  const agents = [{ ...principal('bot', [...roles]), kind: 'agent' as const }];
  return distinct(
    [...people, ...agents].flatMap((each) => {
      const envelope = { principal: { ...each, session } };
      const command = {
        change: 'c',
        trigger,
        reason: 'because',
        ...(trigger === 'change.revise' && { data: {} }),
      };
      const { live: next, entry } = step(live, { kind: 'event', command, envelope }, at);
      return entry?.kind === 'transition' ? [next] : [];
    }),
  );
}

function overs(live: Live): { readonly lasts: string; readonly live: Live }[] {
  return live.timers.flatMap((timer) => {
    const named = live.workflow.timers.get(timer.event);
    const at = Math.max(timer.dueAt, live.updatedAt) + HOUR_MS;
    const next = step(live, { kind: 'timer', timer }, at);
    return named && next.entry ? [{ lasts: formatDuration(named.delayMs), live: next.live }] : [];
  });
}

function distinct(all: readonly Live[]): Live[] {
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}

/** Situations are the same where the state, the votes and the timers that run are. */
function keyOf({ snapshot, timers }: Live): string {
  const { votes, elapsed, attributes, suspended } = snapshot?.context ?? {};
  const cast = Object.entries(votes ?? {}).map(([name, all]) => [
    name,
    all.map(({ by, value }) => [by, value]),
  ]);
  return JSON.stringify([
    snapshot?.value,
    cast,
    elapsed,
    attributes,
    suspended !== undefined,
    timers.map(({ name }) => name),
  ]);
}
