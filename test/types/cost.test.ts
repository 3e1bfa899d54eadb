/** What the checks cost the compiler: counted in instantiations, which do not depend on the machine. */
import { expect, it } from 'vitest';
import { compileProject, writeProject } from './project.ts';

/** A chain of states with a shortcut over every other one, and a way to reject from each. */
function largeWorkflow(states: number): string {
  const names = Array.from({ length: states - 1 }, (_, index) => `S${index}`);
  const transitions = names.flatMap((name, index) => {
    const isLast = index === names.length - 1;
    const onward = isLast ? 'Approved' : `S${index + 1}`;
    const shortcut = index + 2 < names.length ? [`'${name} -> S${index + 2}': { trigger: 'skip' }`] : [];
    return [`'${name} -> ${onward}': { trigger: 'go', role: 'reviewer' }`, ...shortcut];
  });
  return `import { workflow } from 'countersign';
export default workflow({
  name: 'Large', roles: ['reviewer'], triggers: ['go', 'skip'], initial: 'S0',
  states: { ${names.map((name) => `${name}: {}`).join(', ')}, Approved: { final: 'approved' } },
  transitions: { ${transitions.join(',\n')} },
});
`;
}

/** The same with ballots in ten states each, attributes and a reopening. */
function withBallots(states: number, ballots: number): string {
  const all = Array.from({ length: ballots }, (_, index) => {
    const places = Array.from({ length: 10 }, (_, step) => `'S${(index + step * 5) % (states - 1)}'`);
    return `b${index}: {
      in: [${places.join(', ')}],
      cast: { yes: 'approve', no: { value: -2, reason: 'required' }, off: { value: 'retract', role: ['reviewer', 'lead'] } },
      needs: [{ approvals: 2, at: 1, of: 'lead' }, { share: 50, of: 'reviewer', if: 'attributes.risk == "high"' }],
      veto: -2, weights: { lead: 3 }, apart: ['b${(index + 1) % ballots}'], role: 'reviewer', exclude: 'author',
      revision: { keep: ['same_tree'], vetoes: 'keep' },
    }`;
  });
  return largeWorkflow(states)
    .replace(
      "roles: ['reviewer'], triggers: [",
      "roles: ['reviewer', 'lead'], triggers: ['yes', 'no', 'off', ",
    )
    .replace(
      'states: {',
      `attributes: { risk: { oneOf: ['low', 'high'], initial: 'low', amend: { in: 'S1', role: 'lead' } } },
      ballots: { ${all.join(',\n')} },\nstates: {`,
    )
    .replace("final: 'approved'", "final: 'approved', reopen: { trigger: 'go', to: 'S0', void: 'all' }");
}

it('checks 60 states with 116 transitions in fewer than 200,000 instantiations', async () => {
  const cost = await costOf(largeWorkflow(60));
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThan(200_000);
}, 60_000);

it('checks the same with 6 ballots in fewer than 300,000 instantiations', async () => {
  const cost = await costOf(withBallots(60, 6));
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThan(300_000);
}, 60_000);

/** What a file costs beyond the import of `countersign`. */
async function costOf(text: string): Promise<number> {
  const instantiations = async (file: string) => {
    const output = await compileProject(await writeProject({ 'file.ts': file }), '--extendedDiagnostics');
    expect(output).not.toContain('error TS');
    return Number(/Instantiations:\s+(\d+)/.exec(output)?.[1]);
  };
  return (await instantiations(text)) - (await instantiations("export { workflow } from 'countersign';\n"));
}
