/**
 * The graph as a Mermaid flowchart. Labels are quoted, and every character that is no letter, digit, space or one of a few
 * harmless marks is written as `#code;`, Mermaid's own escape: no quote, bracket, tag, backtick, comment or entity is left,
 * and `end` inside quotes is just a word. A dot or dash before a space would make Mermaid see a list. Nodes have numbers.
 */
import { type DocumentOptions, type GraphDocument, graphDocument } from './documents.ts';
import type { Graph } from './graph.ts';
import { labelText, nodeLabel } from './labels.ts';

/** Mermaid draws no more than this unless it is configured to. */
export const MERMAID_EDGES = 500;
export const MERMAID_CHARACTERS = 50_000;
const MERMAID_NODES = 200;

const SPECIAL = /[^\p{L}\p{M}\p{N} .,_/:-]|[.-](?= |$)/gu;

export interface Drawing {
  readonly text: string;
  /** A sentence where something is missing; it stands in the text as a comment too. */
  readonly leftOut: string | null;
}

/** Arrows lead from a change to what it depends on: thick where it blocks, dotted where it only warns. */
export function mermaidFlowchart(graph: Graph, options: DocumentOptions = {}): Drawing {
  const maxEdges = Math.min(options.maxEdges ?? MERMAID_EDGES, MERMAID_EDGES);
  let maxNodes = Math.min(options.maxNodes ?? MERMAID_NODES, MERMAID_NODES);
  for (;;) {
    const document = graphDocument(graph, { ...options, maxNodes, maxEdges });
    const text = drawn(document);
    if (text.length <= MERMAID_CHARACTERS || maxNodes <= 1) return { text, leftOut: document.leftOut };
    maxNodes = Math.floor(Math.min(maxNodes, document.nodes.length) / 2);
  }
}

export function mermaidText(text: string): string {
  return labelText(text).replace(SPECIAL, (character) => `#${character.codePointAt(0)};`);
}

function drawn({ nodes, edges, cycles, leftOut }: GraphDocument): string {
  const ids = new Map(nodes.map(({ change }, at) => [change, `n${at}`]));
  const circular = new Set(cycles.flat());
  const lines = ['flowchart BT'];
  if (leftOut) lines.push(`  %% ${leftOut}`);
  for (const { change, key, title, outcome } of nodes) {
    const style = circular.has(change) ? ':::cycle' : outcome === null ? '' : ':::ended';
    lines.push(`  ${ids.get(change)}["${mermaidText(nodeLabel({ key, title }))}"]${style}`);
  }
  for (const { change, on, kind, rule, policy, blocking } of edges) {
    const arrow = blocking ? '==>' : policy === 'warn' ? '-.->' : '-->';
    lines.push(`  ${ids.get(change)} ${arrow}|"${mermaidText(`${kind}, ${rule}`)}"| ${ids.get(on)}`);
  }
  lines.push('  classDef ended opacity:0.5', '  classDef cycle stroke:#c00,stroke-width:3px');
  return `${lines.join('\n')}\n`;
}
