/** `check FILE.pnml`: what a Petri net comes to, as the document of one file and as people read it. */
import type { LocatedFinding } from '../../machines/findings.ts';
import { LIMITS } from '../../machines/nets/explore.ts';
import { readPnml } from '../../machines/nets/pnml.ts';
import { checkNet, type NetVerdict } from '../../machines/nets/soundness.ts';
import { findingText } from '../definition-file.ts';
import { count, type Paint } from '../text.ts';

const NOTHING = { states: null, edges: null, safe: null, bound: null, dead: null, sources: [], sinks: [] };

export interface NetReport extends Omit<NetVerdict, 'findings' | 'kind'> {
  readonly file: string;
  /** Null where the file could not be read as a net. */
  readonly kind: NetVerdict['kind'] | null;
  readonly findings: readonly LocatedFinding[];
}

/** `named` is the file as the user wrote it. */
export function netReport(bytes: Uint8Array, named: string): NetReport {
  const { net, defects, where, start } = readPnml(bytes);
  if (!net) {
    const findings = defects.map(
      ({ code, message, line, column }): LocatedFinding => ({
        ...{ code, severity: 'error', message, path: [], trace: [] },
        where: { file: named, line, column },
      }),
    );
    return { file: named, kind: null, sound: false, decided: true, ...NOTHING, findings };
  }
  const { findings, ...verdict } = checkNet(net, { count: LIMITS.markings });
  const located = findings.map(
    ({ names = '', ...defect }): LocatedFinding => ({
      ...defect,
      path: names ? [names] : [],
      where: { file: named, ...(where.get(names) ?? start) },
    }),
  );
  return { file: named, ...verdict, findings: located };
}

/** Whether the answer is yes: a workflow net that is sound, or another net that was searched to its end and stays bounded. */
export function isFine({ kind, sound, decided, findings }: NetReport): boolean {
  if (kind !== 'general') return sound === true;
  return decided && findings.every(({ severity }) => severity === 'warning');
}

export function netText(report: NetReport, paint: Paint): string {
  const { file, findings } = report;
  return [...findings.map((each) => findingText(each, paint)), `${file}: ${verdictText(report, paint)}`].join(
    '\n',
  );
}

function verdictText(
  { kind, sound, decided, states, edges, bound, dead, sources, sinks }: NetReport,
  paint: Paint,
): string {
  const size =
    states === null || edges === null
      ? ''
      : paint.dim(
          ` (${count(states, 'marking')}, ${count(edges, 'edge')}, at most ${count(bound ?? 0, 'token')} on a place)`,
        );
  if (kind === null) return paint.red('not a net');
  if (!decided) return `${paint.red('undecided')}${size}`;
  if (kind === 'workflow') return `${sound ? paint.green('sound') : paint.red('not sound')}${size}`;
  const shape = `${count(sources.length, 'source')} and ${count(sinks.length, 'sink')}`;
  const ends = dead === null ? '' : `, ${count(dead, 'dead marking')}`;
  return `no workflow net, it has ${shape}${ends}${size}`;
}
