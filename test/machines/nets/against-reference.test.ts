/** Random nets: what the check says is what the definitions say, with and without reductions, and every trace can be walked. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { explore } from '../../../src/machines/nets/explore.ts';
import { type Net, workflowEnds } from '../../../src/machines/nets/net.ts';
import { readPnml, writePnml } from '../../../src/machines/nets/pnml.ts';
import { reduce } from '../../../src/machines/nets/reduce.ts';
import { checkNet, type NetVerdict } from '../../../src/machines/nets/soundness.ts';
import { runs } from '../../support/runs.ts';
import { generalNets, netsWithSinks, workflowNets } from './random-nets.ts';
import { fire, judged, type Reference, reference } from './reference.ts';

const RUNS = { numRuns: runs(600, 2_500) };

/** With it the reduction decides wherever it can. */
const REDUCED = { count: 1 };

/** Where the trace of a finding leads; fails where it cannot be walked. */
function walked(net: Net, trace: readonly string[]): number[] {
  let marking = [...net.initial];
  for (const name of trace) {
    const next = fire(
      net,
      marking,
      net.transitions.findIndex((each) => each.name === name),
    );
    if (!next) throw new Error(`${name} cannot fire at ${marking}`);
    marking = next;
  }
  return marking;
}

function expectTraces(net: Net, { findings }: NetVerdict, graph?: Reference): void {
  for (const { trace, marking } of findings.filter((each) => each.marking)) {
    const reached = walked(net, trace);
    const shown = Object.fromEntries(
      reached.flatMap((tokens, place) => (tokens > 0 ? [[net.places[place], tokens]] : [])),
    );
    if (!graph) continue;
    expect(shown).toEqual(marking);
    const number = graph.markings.findIndex((each) => each.join() === reached.join());
    expect(trace.length).toBe(graph.distances[number]);
  }
}

const codesOf = ({ findings }: NetVerdict) => new Set(findings.map(({ code }) => code));

it.each([
  ['one sink', workflowNets],
  ['two sinks', netsWithSinks],
])('workflow nets with %s come to what the definition of soundness says', (_, nets) => {
  fc.assert(
    fc.property(nets, (net) => {
      const ends = workflowEnds(net);
      const graph = reference(net);
      if (!ends || !graph) return;
      const verdict = checkNet(net);
      const quick = checkNet(net, REDUCED);
      if (graph === 'unbounded') {
        expect([verdict.sound, quick.sound, verdict.safe]).toEqual([false, false, false]);
        expect([...codesOf(verdict)]).toContain('UNBOUNDED');
        expectTraces(net, verdict);
        return;
      }
      const { sound, safe, deadlocks, improper, livelock, dead } = judged(net, ends.sinks, graph);
      const codes = codesOf(verdict);
      const edges = graph.steps.flat().length;
      expect(verdict).toMatchObject({
        sound,
        safe,
        states: graph.markings.length,
        edges,
        bound: graph.bound,
      });
      expect(verdict.decided && quick.decided).toBe(true);
      expect([quick.sound, quick.safe]).toEqual([sound, safe]);
      expect([codes.has('DEADLOCK'), codes.has('LIVELOCK'), codes.has('DEAD_TRANSITION')]).toEqual([
        deadlocks.length > 0,
        livelock,
        dead.length > 0,
      ]);
      if (ends.sinks.length === 1) expect(codes.has('IMPROPER_COMPLETION')).toBe(improper.length > 0);
      expectTraces(net, verdict, graph);
      for (const { trace } of quick.findings) walked(net, trace);
    }),
    RUNS,
  );
});

it('reducing a workflow net changes neither whether it is sound nor whether it is safe', () => {
  fc.assert(
    fc.property(fc.oneof(workflowNets, netsWithSinks), (net) => {
      const ends = workflowEnds(net);
      const reduced = ends && reduce(net, ends);
      if (!reduced) return;
      const [graph, small] = [reference(net), reference(reduced.net)];
      if (!graph || !small) return;
      expect(small === 'unbounded').toBe(graph === 'unbounded');
      if (small === 'unbounded' || graph === 'unbounded') return;
      const [before, after] = [
        judged(net, ends.sinks, graph),
        judged(reduced.net, reduced.ends.sinks, small),
      ];
      expect([after.sound, after.safe]).toEqual([before.sound, before.safe]);
      expect(small.markings.length).toBeLessThanOrEqual(graph.markings.length);
    }),
    RUNS,
  );
});

it('general nets have the markings, edges, bound and dead markings that firing by hand finds', () => {
  fc.assert(
    fc.property(generalNets, (net) => {
      const graph = reference(net);
      if (!graph) return;
      const seen = explore(net);
      expect(seen.covering !== undefined).toBe(graph === 'unbounded');
      if (graph === 'unbounded') return;
      expect([seen.states, seen.edges, seen.bound, seen.dead.length]).toEqual([
        graph.markings.length,
        graph.steps.flat().length,
        graph.bound,
        graph.steps.filter((steps) => steps.length === 0).length,
      ]);
    }),
    RUNS,
  );
});

it('every net reads back from the PNML that was written of it', () => {
  const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).map((text) => `n${text}`);
  fc.assert(
    fc.property(fc.oneof(workflowNets, generalNets), fc.array(names, { maxLength: 3 }), (net, odd) => {
      const named = { ...net, places: net.places.map((name, at) => `${name}${readable(odd[at] ?? '')}`) };
      const { net: back, defects } = readPnml(writePnml(named));
      expect(defects).toEqual([]);
      expect(sorted(back)).toEqual(sorted(named));
    }),
    { numRuns: runs(150, 500) },
  );
});

/** What XML can say and nothing trims. */
function readable(text: string): string {
  return [...text.toWellFormed()].filter((each) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(each)).join('');
}

function sorted(net: Net | undefined) {
  const arcs = (all: Net['transitions'][number]['pre']) => all.toSorted(([a], [b]) => a - b);
  return (
    net && {
      ...net,
      transitions: net.transitions.map((each) => ({ ...each, pre: arcs(each.pre), post: arcs(each.post) })),
    }
  );
}
