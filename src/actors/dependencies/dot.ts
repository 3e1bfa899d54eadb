/**
 * The graph in DOT, the language of Graphviz. Labels are quoted strings in which Graphviz reads backslashes (`\N`, `\G`,
 * `\l`) and HTML entities: backslashes are doubled, quotes escaped, and `&`, `<` and `>` become entities. Nodes have numbers.
 */
import { type DocumentOptions, type GraphDocument, graphDocument } from './documents.ts';
import type { Graph } from './graph.ts';
import { labelText, nodeLabel } from './labels.ts';
import type { Drawing } from './mermaid.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

/** Arrows lead from a change to what it depends on: bold where it blocks, dashed where it warns, dotted where neither. */
export function dotGraph(graph: Graph, options: DocumentOptions = {}): Drawing {
  const document = graphDocument(graph, options);
  return { text: drawn(document), leftOut: document.leftOut };
}

export function dotText(text: string): string {
  return labelText(text).replace(/[\\"&<>]/g, (character) => ESCAPES[character] ?? '');
}

function drawn({ nodes, edges, cycles, leftOut }: GraphDocument): string {
  const ids = new Map(nodes.map(({ change }, at) => [change, `n${at}`]));
  const circular = new Set(cycles.flat());
  const lines = ['digraph changes {'];
  if (leftOut) lines.push(`  // ${leftOut}`);
  lines.push('  rankdir=BT;', '  node [shape=box];');
  for (const { change, key, title, outcome } of nodes) {
    const style = circular.has(change) ? ', color=red' : outcome === null ? '' : ', style=dashed';
    lines.push(`  ${ids.get(change)} [label="${dotText(nodeLabel({ key, title }))}"${style}];`);
  }
  for (const { change, on, kind, rule, policy, blocking } of edges) {
    const style = blocking ? 'bold' : policy === 'warn' ? 'dashed' : 'dotted';
    lines.push(
      `  ${ids.get(change)} -> ${ids.get(on)} [label="${dotText(`${kind}, ${rule}`)}", style=${style}];`,
    );
  }
  lines.push('}');
  return `${lines.join('\n')}\n`;
}
