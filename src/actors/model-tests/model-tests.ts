/** Tests of a workflow from its model: an author's cases and generated ones, played, with what they cover and what they do not. */
import type { CompiledWorkflow } from '../../machines/compile.ts';
import type { Case } from './cases.ts';
import { generate } from './generate.ts';
import { type Played, playable, playCase } from './play.ts';
import { coveredBy, TARGET_KINDS, type Target, type TargetKind, targetsOf } from './targets.ts';

export interface Coverage {
  readonly kind: TargetKind;
  readonly covered: number;
  readonly total: number;
}

export interface ModelTests {
  readonly cases: readonly (Pick<Played, 'name' | 'problem' | 'at'> & {
    readonly source: 'author' | 'generated';
  })[];
  readonly failed: number;
  readonly coverage: readonly Coverage[];
  /** Covered by no case, with the reason. */
  readonly uncovered: readonly (Target & { readonly why: string })[];
  /** The generated ones, to be written down. */
  readonly generated: readonly Case[];
}

/** Plays the author's cases, and generated ones for what these leave open. */
export function testWorkflow(compiled: CompiledWorkflow, own: readonly Case[]): ModelTests {
  const workflow = playable(compiled);
  const targets = targetsOf(workflow.definition);
  const covered = new Set<string>();
  const run = (given: Case) => {
    const played = playCase(workflow, given);
    const ids = played.happened.flatMap((each) => [...coveredBy(workflow, each)]);
    return { played, ids };
  };
  const authored = own.map(run);
  for (const { ids } of authored) for (const id of ids) covered.add(id);
  const search = generate(workflow);
  const added = search.cases
    .map((given) => ({ given, ...run(given) }))
    .filter(({ ids }) => {
      const isNew = targets.some(({ id }) => !covered.has(id) && ids.includes(id));
      for (const id of ids) covered.add(id);
      return isNew || own.length === 0;
    });
  const cases = [
    ...authored.map(({ played }) => told(played, 'author')),
    ...added.map(({ played }) => told(played, 'generated')),
  ];
  const looked = search.isComplete
    ? 'no way to it was found with a holder of each role'
    : `no way to it was found in ${search.situations} situations`;
  return {
    cases,
    failed: cases.filter(({ problem }) => problem !== undefined).length,
    coverage: TARGET_KINDS.map((kind) => coverageOf(kind, targets, covered)).filter(({ total }) => total > 0),
    uncovered: targets
      .filter(({ id }) => !covered.has(id))
      .map((each) => ({ ...each, why: whyNot(each) ?? looked })),
    generated: added.map(({ given }) => given),
  };
}

function told({ name, problem, at }: Played, source: 'author' | 'generated') {
  return { name, source, ...(problem !== undefined && { problem }), ...(at !== undefined && { at }) };
}

function coverageOf(kind: TargetKind, targets: readonly Target[], covered: ReadonlySet<string>): Coverage {
  const all = targets.filter((each) => each.kind === kind);
  return { kind, total: all.length, covered: all.filter(({ id }) => covered.has(id)).length };
}

/** Facts that cases do not make up. */
function whyNot({ kind, label }: Target): string | undefined {
  const [fact] = /dependencies\.\w+|revision\.(?:files|lines|author|uploader)/.exec(label) ?? [];
  if (kind !== 'state' && fact) return `generated cases do not vary ${fact}; write one that does`;
  return undefined;
}
