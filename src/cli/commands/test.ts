/** `test`: plays the cases of a workflow, the author's and generated ones, and says what they cover. */
import { type ModelTests, testWorkflow } from '../../actors/model-tests/model-tests.ts';
import { CountersignError } from '../../errors.ts';
import { check } from '../../machines/check.ts';
import { compile } from '../../machines/compile.ts';
import { appendCases, casesPath, readCases } from '../cases-file.ts';
import type { Io } from '../io.ts';
import { loadNamed } from '../model-file.ts';
import type { Result } from '../result.ts';
import { cell, count, type Paint, painter } from '../text.ts';

interface Options {
  readonly write?: boolean;
}

/** Exit 1 where a case does not come out as it says. */
export async function testFile(io: Io, { write = false }: Options, file: string): Promise<Result> {
  const { definition } = await loadNamed(io.cwd, file);
  const circle = check(definition).findings.find(({ code }) => code === 'EVENTLESS_CYCLE');
  if (circle)
    throw new CountersignError('DEFINITION_INVALID', `${file} cannot be played: ${circle.message}`, {
      hint: `"countersign check ${file}" says more.`,
    });
  const beside = casesPath(io.cwd, file);
  const own = await readCases(beside);
  const tested = testWorkflow(compile(definition), own);
  if (write && tested.generated.length > 0) await appendCases(beside, tested.generated);
  const written = write ? tested.generated.length : 0;
  const { generated: _generated, ...report } = tested;
  const document = { name: definition.name, ...report, written };
  const lines = [
    ...reportLines(tested, painter(io)),
    ...(written > 0 ? [`${count(written, 'case')} written to ${beside.named}`] : []),
  ];
  return { documents: [document], text: lines.join('\n'), exit: tested.failed === 0 ? 0 : 1 };
}

function reportLines({ cases, coverage, uncovered }: ModelTests, paint: Paint): string[] {
  const failures = cases.flatMap(({ name, at, problem }) =>
    problem === undefined
      ? []
      : [`${paint.red('failed')} ${cell(name, 200)}`, `    step ${at}: ${cell(problem, 500)}`],
  );
  const passed = cases.filter(({ problem }) => problem === undefined);
  const own = passed.filter(({ source }) => source === 'author').length;
  const failed = cases.length - passed.length;
  const verdict = failed > 0 ? paint.red(`${count(failed, 'case')} failed`) : paint.green('all as expected');
  return [
    ...failures,
    `${count(cases.length, 'case')}, ${own} of the author's and ${passed.length - own} generated passed: ${verdict}`,
    coverage.map(({ kind, covered, total }) => `${kind}s ${covered}/${total}`).join(', '),
    ...uncovered.map(
      ({ kind, label, why }) => `${paint.yellow('not covered')} ${kind} ${cell(label, 200)}: ${why}`,
    ),
  ];
}
