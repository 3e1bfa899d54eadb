/** The graph as something to draw: whole, within limits, and safe whatever people call their changes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphDocument } from '../../../src/actors/dependencies/documents.ts';
import { dotGraph, dotText } from '../../../src/actors/dependencies/dot.ts';
import { buildGraph } from '../../../src/actors/dependencies/graph.ts';
import {
  MERMAID_CHARACTERS,
  MERMAID_EDGES,
  mermaidFlowchart,
  mermaidText,
} from '../../../src/actors/dependencies/mermaid.ts';
import { edge, graphOf, node, small } from './graphs.ts';

const HOSTILE = [
  '"]; click n0 "javascript:alert(1)"',
  'end',
  '1. list',
  '- item',
  '<script>alert(1)</script>',
  'two\nlines\r\n%% and a comment',
  '`code` #quot; &lt; #60;',
  String.raw`back\slash \N \G \"`,
  'فارسی \u202e turned',
  'half \ud800 pair 👩‍👩‍👧',
  '{{[((',
  '|pipe| --> n1',
];
const anyText = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }), fc.string());

describe('the document', () => {
  it('tells every edge with its policy, the cycles, and layers from the bottom up', () => {
    const graph = graphOf('b>a c>b d>c c>d', [], [edge('e', 'a', 'near')]);
    expect(graphDocument(graph)).toMatchObject({
      nodes: ['a', 'b', 'c', 'd', 'e'].map((change) => ({ change })),
      edges: [
        { change: 'b', on: 'a', policy: 'block', blocking: true },
        { change: 'c', on: 'b' },
        { change: 'd', on: 'c' },
        { change: 'c', on: 'd' },
        { change: 'e', on: 'a', kind: 'near', policy: 'warn', blocking: false },
      ],
      cycles: [['c', 'd']],
      layers: [['a'], ['b', 'e'], ['c', 'd']],
      total: { nodes: 5, edges: 5 },
      leftOut: null,
    });
  });

  it('keeps what is nearest to a change, and says what is missing', () => {
    const graph = graphOf('b>a c>b d>c e>d');
    const { nodes, edges, leftOut } = graphDocument(graph, { around: 'e', maxNodes: 3 });
    expect(nodes.map(({ change }) => change)).toEqual(['c', 'd', 'e']);
    expect(edges).toHaveLength(2);
    expect(leftOut).toBe(
      'Shown are 3 of 5 changes (those nearest to the change) and 2 of 4 dependencies; ask for one change or a larger limit to see more.',
    );
    const open = graphOf('b>a z', [node('x', { outcome: 'applied', since: 0 })]);
    expect(graphDocument(open, { maxNodes: 3 }).nodes.map(({ change }) => change)).toEqual(['a', 'b', 'z']);
  });

  it('puts every change above all it depends on, but for cycles, and every change in one layer', () => {
    fc.assert(
      fc.property(small(), (given) => {
        const graph = buildGraph(given);
        const { layers, nodes, edges } = graphDocument(graph);
        expect(layers.flat().sort()).toEqual(nodes.map(({ change }) => change).sort());
        const layer = new Map(layers.flatMap((all, at) => all.map((change) => [change, at])));
        for (const { change, on } of edges) expect(layer.get(change)! >= layer.get(on)!).toBe(true);
      }),
    );
  });
});

describe('Mermaid', () => {
  it('draws thick what blocks and dotted what warns', () => {
    const graph = graphOf(
      'b>a',
      [node('c', { outcome: 'applied' })],
      [edge('c', 'a', 'near'), edge('c', 'b', 'order')],
    );
    expect(mermaidFlowchart(graph).text).toBe(
      [
        'flowchart BT',
        '  n0["A: Title of a"]',
        '  n1["B: Title of b"]',
        '  n2["C: Title of c"]:::ended',
        '  n1 ==>|"declared, trailer"| n0',
        '  n2 -.->|"near, trailer"| n0',
        '  n2 -->|"order, trailer"| n1',
        '  classDef ended opacity:0.5',
        '  classDef cycle stroke:#c00,stroke-width:3px',
        '',
      ].join('\n'),
    );
  });

  it('writes nothing but letters, digits, harmless marks and its own escapes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const written = mermaidText(text).replace(/#\d+;/g, '');
        expect(written).toMatch(/^[\p{L}\p{M}\p{N} .,_/:-]*$/u);
        expect(mermaidText(text)).not.toMatch(/[.-]( |$)/);
      }),
    );
    expect(mermaidText('"<b>`')).toBe('#34;#60;b#62;#96;');
  });

  it('never has more lines than nodes and edges ask for, whatever they are called', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (key, title, rule) => {
        const graph = graphOf('', [node('a', { key, title }), node('b')], [edge('b', 'a', 'declared', rule)]);
        for (const [{ text }, lines] of [
          [mermaidFlowchart(graph), 7],
          [dotGraph(graph), 8],
        ] as const)
          expect(text.split(/[\n\r\u2028\u2029]/)).toHaveLength(lines);
      }),
    );
  });

  it('stays within what Mermaid draws, and says so in a comment', () => {
    const title = '"'.repeat(200);
    const nodes = Array.from({ length: 600 }, (_, at) => node(`c${at}`, { since: at, title }));
    const edges = nodes.flatMap((_, at) => [1, 2, 3].map((by) => edge(`c${at}`, `c${(at + by) % 600}`)));
    const { text, leftOut } = mermaidFlowchart(buildGraph({ nodes, edges }), { maxEdges: 10_000 });
    expect(text.length).toBeLessThanOrEqual(MERMAID_CHARACTERS);
    expect(text.match(/==>/g)?.length).toBeLessThanOrEqual(MERMAID_EDGES);
    expect(leftOut).toMatch(/^Shown are \d+ of 600 changes/);
    expect(text).toContain(`  %% ${leftOut}\n`);
  });
});

describe('DOT', () => {
  it('escapes what Graphviz would read', () => {
    expect(dotText('a "b" \\N <i> & c\nd')).toBe('a \\"b\\" \\\\N &lt;i&gt; &amp; c d');
  });

  it('keeps every label one closed string', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(`"${dotText(text)}"`).toMatch(/^"(?:[^"\\\n]|\\["\\])*"$/);
      }),
    );
  });

  it('draws what blocks bold', () => {
    const { text } = dotGraph(graphOf('b>a a>b'));
    expect(text).toContain('  n0 [label="A: Title of a", color=red];\n');
    expect(text).toContain('  n1 -> n0 [label="declared, trailer", style=bold];\n');
  });
});
