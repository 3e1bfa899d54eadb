/** A measured case as one JSON line: the figure, its latencies, and the baseline of the same run to hold it against. */
import { availableParallelism } from 'node:os';

export interface Figure {
  /** Operations per second. */
  readonly value: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
}

export interface Case {
  readonly bench: string;
  readonly case: string;
  readonly unit: string;
  readonly figure: Figure;
  readonly baseline: { readonly case: string; readonly figure: Figure } | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Latencies in ms of single operations and the time the whole run took. */
export function figureOf(latencies: Float64Array, operations: number, tookMs: number): Figure {
  const sorted = latencies.slice().sort();
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return {
    value: Math.round(operations / (tookMs / 1000)),
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    p99_ms: at(0.99),
  };
}

/** The machine-readable line of a case. */
export function jsonLine(
  { figure, baseline, detail, ...names }: Case,
  versions: Record<string, string>,
): string {
  const machine = {
    cores: availableParallelism(),
    arch: process.arch,
    node: process.versions.node,
    ...versions,
  };
  const against = baseline && { baseline: { case: baseline.case, ...baseline.figure } };
  const ratio = baseline && { ratio: round(figure.value / baseline.figure.value) };
  return JSON.stringify({ ...names, ...figure, ...against, ...ratio, ...detail, machine });
}

/** The line people read. */
export function humanLine({ bench, case: name, unit, figure, baseline }: Case): string {
  const { value, p50_ms, p95_ms, p99_ms } = figure;
  const ratio = baseline ? `  ${(figure.value / baseline.figure.value).toFixed(2)}× ${baseline.case}` : '';
  const latency = `p50 ${p50_ms} ms  p95 ${p95_ms} ms  p99 ${p99_ms} ms`;
  return `${bench.padEnd(12)} ${name.padEnd(26)} ${value.toLocaleString('en').padStart(9)} ${unit}  ${latency}${ratio}`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
