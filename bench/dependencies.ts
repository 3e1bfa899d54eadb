/**
 * How right the dependencies are: pairs of commits A before B that touch a common path, drawn by lot from a real history, and
 * for each the answer of `git cherry-pick` in a scratch clone and of `git blame`.
 *
 * B depends on A when B, picked onto the history with A left out, fails or becomes another patch; what depends on A in the
 * same sense is left out too.
 *
 * COUNTERSIGN_REPOSITORY names a repository, or COUNTERSIGN_HISTORY a file of hunks from which one is built. COUNTERSIGN_PAIRS
 * (300), COUNTERSIGN_BEFORE (20: how far A may be before B) and COUNTERSIGN_SEED (1) change the sample.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dependencies, dependenciesOf } from '../src/vcs/git/dependencies.ts';
import { openRepository, type Repository } from '../src/vcs/git/repository.ts';
import { commitsBetween, type Revision, readRevisions } from '../src/vcs/git/revisions.ts';
import { git } from '../src/vcs/git/run.ts';
import { type Blame, blameOf, PickTruth } from './dependency-truth.ts';
import { type Case, figureOf } from './figures.ts';
import { buildFromHistory } from './history-repository.ts';

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);

interface Pair {
  readonly a: string;
  readonly b: string;
}

/** What was said of a pair, by each of the three. */
interface Judged extends Pair {
  readonly textual: boolean;
  readonly picked: boolean;
  readonly blamed: boolean;
}

export async function dependencies(report: (line: Case) => void): Promise<void> {
  const { COUNTERSIGN_REPOSITORY: real, COUNTERSIGN_HISTORY: history } = process.env;
  if (real === undefined && history === undefined) {
    process.stderr.write(
      'dependencies: skipped, neither COUNTERSIGN_REPOSITORY nor COUNTERSIGN_HISTORY is set.\n',
    );
    return;
  }
  const scratch = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  try {
    const directory = real ?? (await built(join(scratch, 'built'), history ?? ''));
    await campaign(await openRepository(directory), join(scratch, 'clone'), report);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function built(directory: string, history: string): Promise<string> {
  await mkdir(directory);
  await git(['init', '--quiet', '--bare', '--initial-branch=main', directory]);
  await buildFromHistory(directory, history);
  return directory;
}

async function campaign(repository: Repository, clone: string, report: (line: Case) => void): Promise<void> {
  const before = number('COUNTERSIGN_BEFORE', 20);
  const commits = await commitsBetween(repository, null, 'HEAD');
  const revisions = await readRevisions(repository, commits);
  const pairs = drawn(
    candidates(revisions, before),
    number('COUNTERSIGN_PAIRS', 300),
    number('COUNTERSIGN_SEED', 1),
  );
  await git(['clone', '--quiet', '--shared', '--no-checkout', repository.gitDirectory, clone], {
    environment: { GIT_ALLOW_PROTOCOL: 'file' },
  });
  const truth = new PickTruth(clone, commits);
  const asked = new Map<string, { readonly found: Dependencies; readonly blame: Blame }>();
  const latencies: number[] = [];
  const judged: Judged[] = [];
  for (const { a, b } of pairs) {
    let answer = asked.get(b);
    if (!answer) {
      const at = commits.indexOf(b);
      const from = performance.now();
      const found = await dependenciesOf(repository, b, commits.slice(Math.max(0, at - before), at));
      latencies.push(performance.now() - from);
      answer = { found, blame: await blameOf(clone, revisions[at]!) };
      asked.set(b, answer);
    }
    const textual = answer.found.edges.some(({ commit, kind }) => commit === a && kind === 'textual');
    judged.push({ a, b, textual, picked: await truth.depends(a, b), blamed: answer.blame.has(a) });
  }
  const took = latencies.reduce((sum, each) => sum + each, 0);
  const figure = figureOf(Float64Array.from(latencies), latencies.length, took);
  const line = (name: string, said: keyof Judged, held: keyof Judged) => {
    const detail = scored(judged, said, held);
    const short = `${name} P ${detail.precision} R ${detail.recall}`;
    report({ bench: 'dependencies', case: short, unit: 'commits/s', figure, baseline: null, detail });
  };
  line('textual by cherry-pick', 'textual', 'picked');
  line('textual by blame', 'textual', 'blamed');
  line('blame by cherry-pick', 'blamed', 'picked');
}

function scored(judged: readonly Judged[], said: keyof Judged, held: keyof Judged) {
  const both = judged.filter((each) => each[said] && each[held]).length;
  const onlySaid = judged.filter((each) => each[said] && !each[held]);
  const onlyHeld = judged.filter((each) => !each[said] && each[held]);
  const share = (missing: number) =>
    both + missing === 0 ? 1 : Math.round((both / (both + missing)) * 1000) / 1000;
  const named = ({ a, b }: Pair) => `${a.slice(0, 10)}..${b.slice(0, 10)}`;
  return {
    precision: share(onlySaid.length),
    recall: share(onlyHeld.length),
    pairs: judged.length,
    both,
    onlySaid: onlySaid.map(named).slice(0, 20),
    onlyHeld: onlyHeld.map(named).slice(0, 20),
  };
}

function candidates(revisions: readonly Revision[], before: number): Pair[] {
  const touched = revisions.map(
    ({ files }) => new Set((files ?? []).flatMap(({ path, from }) => [path, from ?? path])),
  );
  return revisions.flatMap(({ commit: b, parents }, at) => {
    if (parents.length !== 1) return [];
    const earlier = revisions.slice(Math.max(0, at - before), at);
    return earlier.flatMap(({ commit: a, parents: { length } }, offset) => {
      const paths = touched[Math.max(0, at - before) + offset];
      const common = [...(touched[at] ?? [])].some((path) => paths?.has(path));
      return common && length === 1 ? [{ a, b }] : [];
    });
  });
}

/** `count` of the pairs; the same ones for the same seed (mulberry32). */
function drawn(pairs: readonly Pair[], count: number, seed: number): Pair[] {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const left = [...pairs];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const at = Math.floor(random() * left.length);
    const [pair] = left.splice(at, 1);
    return pair!;
  });
}
