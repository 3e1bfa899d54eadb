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

it('checks 60 states with 116 transitions in fewer than 200,000 instantiations', async () => {
  const empty = await writeProject({ 'empty.ts': "export { workflow } from 'countersign';\n" });
  const large = await writeProject({ 'large.ts': largeWorkflow(60) });
  const instantiations = async (directory: string) => {
    const output = await compileProject(directory, '--extendedDiagnostics');
    expect(output).not.toContain('error TS');
    return Number(/Instantiations:\s+(\d+)/.exec(output)?.[1]);
  };
  const cost = (await instantiations(large)) - (await instantiations(empty));
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThan(200_000);
}, 60_000);
