/** Sizes of safe nets that are counted without visiting every marking are the sizes that visiting finds. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sizeOf } from '../../../src/machines/nets/count.ts';
import { LIMITS } from '../../../src/machines/nets/explore.ts';
import { type Net, started, workflowEnds } from '../../../src/machines/nets/net.ts';
import { runs } from '../../support/runs.ts';
import { netFrom, netsWithSinks, workflowNets } from './random-nets.ts';
import { reference } from './reference.ts';

/** As counted and as visited; undefined where the net is not one of those that may be counted. */
function sizes(net: Net) {
  const ends = workflowEnds(net);
  const isPlain = net.transitions.every(
    ({ pre, post }) => pre.length > 0 && post.length > 0 && [...pre, ...post].every(([, w]) => w === 1),
  );
  if (!ends || !isPlain) return undefined;
  const start = started(net, ends);
  const graph = reference(start);
  if (!graph || graph === 'unbounded' || graph.bound > 1) return undefined;
  const visited = { states: graph.markings.length, edges: graph.steps.flat().length };
  return { counted: sizeOf(start, ends, LIMITS), visited };
}

it.each([
  ['a step gets its markings back beside a sink', 'begin: i->a+b; t: a->c; end: c->o; end1: a->o1'],
  [
    'a step gets its markings back where places are many',
    'begin: i->a+b+c+d; t: a->e; u: e->o; v: a->o1; w: b->o2',
  ],
  ['all ways from a place lead to one place', 'begin: i->a; t: a->b; u: a->b; end: b->o'],
  ['a place is left from the middle of a row', 'begin: i->a; t: a->b; u: b->c; v: c->o; w: b->o1; x: a->o2'],
  ['a row leads back to its beginning', 'begin: i->a; t: a->b; u: b->a; end: b->o; end1: b->o1'],
  [
    'branches with rows and loops end in sinks of their own',
    'begin: i->a+b; t: a->c; u: c->a; v: c->o; w: b->d; x: d->o1',
  ],
  ['twin places hold rows', 'begin: i->a+b; t: a->c; u: b->d; v: b->d; join: c+d->e; w: e->o; x: e->o1'],
])('the size is that of the visited graph where %s', (_, text) => {
  const found = sizes(netFrom(text));
  expect(found).toBeDefined();
  expect(found?.counted).toEqual(found?.visited);
});

it.each([
  ['one sink', workflowNets],
  ['several sinks', netsWithSinks],
])('the size is that of the visited graph in every safe net with %s', (_, nets) => {
  fc.assert(
    fc.property(nets, (net) => {
      const found = sizes(net);
      expect(found?.counted).toEqual(found?.visited);
    }),
    { numRuns: runs(1_000, 50_000) },
  );
});
