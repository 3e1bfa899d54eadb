/** The check: what it costs, by the size of nets and of their reachability graphs, and for the workflows of the catalog. */
import { catalog } from '../src/machines/catalog/index.ts';
import { check } from '../src/machines/check.ts';
import { explore } from '../src/machines/nets/explore.ts';
import type { Net } from '../src/machines/nets/net.ts';
import { checkNet } from '../src/machines/nets/soundness.ts';
import { normalise } from '../src/machines/normalise.ts';
import { sourceSchema } from '../src/machines/source.ts';
import { netFrom, parallel, philosophers, process as processNet } from './check-nets.ts';
import { workflows } from './check-workflows.ts';
import { type Case, type Figure, figureOf } from './figures.ts';

/** A case is repeated for so long, or so often. */
const PATIENCE = { ms: 1_000, rounds: 50 };

export async function checks(report: (line: Case) => void): Promise<void> {
  const line = (name: string, figure: Figure, detail?: Case['detail']) =>
    report({
      bench: 'check',
      case: name,
      unit: 'checks/s',
      figure,
      baseline: null,
      ...(detail && { detail }),
    });
  for (const [k, s] of [
    [2, 1],
    [5, 1],
    [8, 1],
    [10, 1],
    [7, 2],
    [6, 9],
    [30, 4],
    [100, 4],
  ] as const)
    one(`PAR(${k},${s})`, parallel(k, s), line);
  one('choice closed by a join', netFrom(['t1: i->b', 't2: b->c', 't3: b->d', 't4: c+d->o']), line);
  for (const k of [6, 9, 12]) one(`${k} philosophers`, philosophers(k), line);
  many('processes, 100-300 places', 0, line);
  many('processes with a flaw', 2, line);
  ordinary(report);
  const million = parallel(6, 9);
  const before = process.memoryUsage.rss();
  const { states, edges } = explore(million);
  const megabytes = Math.round((process.memoryUsage.rss() - before) / 1e6);
  line('every marking of PAR(6,9)', measured([() => explore(million)]), { states, edges, megabytes });
  for (const [name, source] of Object.entries(catalog)) {
    const parsed = sourceSchema.safeParse(source);
    if (!parsed.success) continue;
    const definition = normalise(parsed.data);
    line(`catalog: ${name}`, measured([() => check(definition)]), { states: check(definition).states });
  }
}

/**
 * What one check of an ordinary workflow costs in CPU time, held against the plainest of them, once the compiler has nothing
 * more to do. `cold_ms` is what the very first check of it took, in a process that has checked the others.
 */
function ordinary(report: (line: Case) => void): void {
  let plainest: Case['baseline'] = null;
  for (const [name, definition] of workflows()) {
    const [cold_ms, { states, sound, decided }] = cpuOf(() => check(definition));
    const { figure, wall } = computed(() => check(definition));
    const what = `ordinary: ${name}`;
    const detail = { states, sound, decided, clock: 'cpu', wall, cold_ms };
    report({ bench: 'check', case: what, unit: 'checks/s', figure, baseline: plainest, detail });
    plainest ??= { case: name, figure };
  }
}

/** CPU time of single runs in a warm process, whatever else the machine does; and by the clock on the wall. */
function computed(run: () => unknown): { readonly figure: Figure; readonly wall: Figure } {
  // The compiler comes back to what is run most for some hundred rounds.
  for (let round = 0; round < 8 * PATIENCE.rounds; round += 1) run();
  const [cpu, wall] = [new Float64Array(4 * PATIENCE.rounds), new Float64Array(4 * PATIENCE.rounds)];
  for (let round = 0; round < cpu.length; round += 1) {
    const from = performance.now();
    const [tookMs] = cpuOf(run);
    wall[round] = performance.now() - from;
    cpu[round] = tookMs;
  }
  const figure = (latencies: Float64Array) =>
    figureOf(
      latencies,
      latencies.length,
      latencies.reduce((sum, each) => sum + each, 0),
    );
  return { figure: figure(cpu), wall: figure(wall) };
}

/** The CPU time of a run in ms, with that of the threads that compile and collect garbage meanwhile. */
function cpuOf<T>(run: () => T): readonly [number, T] {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1_000, result];
}

type Line = (name: string, figure: Figure, detail: NonNullable<Case['detail']>) => void;

function one(name: string, net: Net, line: Line): void {
  const { sound, decided, states, edges } = checkNet(net);
  line(name, measured([() => checkNet(net)]), { places: net.places.length, sound, decided, states, edges });
}

/** A hundred processes of growing size. */
function many(name: string, flaws: number, line: Line): void {
  const nets = Array.from({ length: 100 }, (_, seed) => processNet(seed + 1, 60 + seed, flaws));
  const verdicts = nets.map((net) => checkNet(net));
  const detail = {
    places: [nets[0]?.places.length, nets.at(-1)?.places.length],
    sound: verdicts.filter(({ sound }) => sound).length,
    undecided: verdicts.filter(({ decided }) => !decided).length,
  };
  line(name, measured(nets.map((net) => () => checkNet(net))), detail);
}

function measured(all: readonly (() => unknown)[]): Figure {
  for (const run of all) run();
  const latencies: number[] = [];
  const began = performance.now();
  do {
    for (const run of all) {
      const from = performance.now();
      run();
      latencies.push(performance.now() - from);
    }
  } while (latencies.length < PATIENCE.rounds * all.length && performance.now() - began < PATIENCE.ms);
  return figureOf(Float64Array.from(latencies), latencies.length, performance.now() - began);
}
