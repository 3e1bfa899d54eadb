/** A graph for somebody who may not read a part of it. */
import { expect, it } from 'vitest';
import { dotGraph } from '../../../src/actors/dependencies/dot.ts';
import { masked } from '../../../src/actors/dependencies/masked.ts';
import { mermaidFlowchart } from '../../../src/actors/dependencies/mermaid.ts';
import { edge, graphOf, node } from './graphs.ts';

const HIDDEN = new Set(['secret']);
const told = { key: 'I7', title: 'Buy them', project: 'secret', outcome: 'applied' } as const;
const graph = graphOf(
  '',
  [node('0199', told), node('b', { title: 'After I7, not I77', project: 'web' })],
  [edge('b', '0199', 'declared', 'I7 first')],
);

it('draws changes of hidden projects with their id alone, and names them so wherever others name them', () => {
  const drawings = [mermaidFlowchart, dotGraph].map((draw) => draw(masked(graph, HIDDEN)).text);
  for (const text of drawings) {
    expect(text).toContain('"0199"');
    expect(text).toContain('"B: After 0199, not I77"');
    expect(text).toContain('"declared, 0199 first"');
    expect(text).not.toMatch(/Buy them|I7\b|secret|:::ended|dashed/);
  }
});

it('leaves everything as it is where nothing is hidden', () => {
  expect(masked(graph, new Set())).toBe(graph);
  expect(masked(graph, new Set(['other']))).toBe(graph);
});
