/** Loaders: every defect has a place, and hostile input gets an answer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { loadText } from '../../src/machines/load.ts';
import { loadFile } from '../../src/machines/load-file.ts';
import { runTs } from '../../src/machines/run-ts.ts';
import { findingsOf } from './build.ts';

const TOML = `name = "Small"
roles = ["reviewer"]
triggers = ["approve"]
initial = "Review"

[states]
Review = {}
Approved = { final = "approved" }

[transitions]
"Review -> Approved" = { trigger = "approve", role = "reviewer" }
`;
const JSON_TEXT = JSON.stringify(
  {
    name: 'Small',
    roles: ['reviewer'],
    triggers: ['approve'],
    initial: 'Review',
    states: { Review: {}, Approved: { final: 'approved' } },
    transitions: { 'Review -> Approved': { trigger: 'approve', role: 'reviewer' } },
  },
  null,
  2,
);

const directory = await mkdtemp(join(tmpdir(), 'countersign-load-'));
afterAll(() => rm(directory, { recursive: true, force: true }));
async function loadSource(name: string, text: string | Uint8Array) {
  const path = join(directory, name);
  await writeFile(path, text);
  return loadFile(path);
}

describe('a definition in a file', () => {
  it('has one digest in TypeScript, TOML and JSON', async () => {
    const all = await Promise.all(
      ['ts', 'toml', 'json'].map((ending) =>
        loadFile(join(import.meta.dirname, `../../examples/release-approval.${ending}`)),
      ),
    );
    expect(all.map(({ findings }) => findings)).toEqual([[], [], []]);
    expect(all.map(({ sound }) => sound)).toEqual([true, true, true]);
    expect(new Set(all.map(({ digest }) => digest)).size).toBe(1);
  });

  it('is repaired in the notation of the file', async () => {
    const toml = TOML.replace('Review = {}', 'Review = {}\nLost = {}').replace(
      '"approve"]',
      '"approve", "lose"]',
    );
    const data = JSON.parse(JSON_TEXT);
    data.triggers.push('lose');
    data.states.Lost = {};
    data.transitions['Review -> Lost'] = { trigger: 'lose' };
    const json = JSON.stringify(data);
    const loaded = await Promise.all([
      loadSource('lost.toml', `${toml}"Review -> Lost" = { trigger = "lose" }\n`),
      loadSource('lost.json', json),
      loadSource('lost.ts', `export default ${json};\n`),
    ]);
    const line = '"Lost -> Approved"';
    expect(loaded.flatMap(({ findings }) => findings.map(({ repair }) => repair?.split(' }')[0]))).toEqual([
      `Add ${line} = { trigger = "approve", role = "reviewer"`,
      `Add ${line}: { "trigger": "approve", "role": "reviewer"`,
      `Add ${line}: { trigger: "approve", role: "reviewer"`,
    ]);
  });

  it('is refused with FILE_UNREADABLE where the file is missing or of another kind', async () => {
    await expect(loadFile(join(directory, 'absent.toml'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(loadFile(join(directory, 'workflow.yaml'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });

  it('is refused where the bytes are not UTF-8', async () => {
    const { findings } = await loadSource('latin.toml', new Uint8Array([0x6e, 0xe9]));
    expect(findings.map(({ code }) => code)).toEqual(['SYNTAX']);
  });

  it('is found in TypeScript by line and column, though the module is run', async () => {
    const text = `import { workflow } from 'countersign';
const role = 'reviewer';
export const small = workflow({
  name: 'Small', roles: [role], triggers: ['approve'], initial: 'Review',
  states: { Review: {}, Approved: { final: 'approved' }, Orphan: { final: 'rejected' } },
  transitions: { 'Review -> Approved': { trigger: 'approve', role } },
} as never);
`;
    const { findings, definition } = await loadSource('small.ts', text);
    expect(definition?.name).toBe('Small');
    expect(findings).toMatchObject([{ code: 'UNREACHABLE_STATE', where: { line: 5, column: 58 } }]);
  });

  it('is refused in TypeScript where it is broken, throws, exports nothing or more than data', async () => {
    const codes = async (name: string, text: string) =>
      (await loadSource(name, text)).findings.map(({ code, where }) => `${code} ${where.line}`);
    expect(await codes('a.ts', 'export default {\n  name: ,\n};')).toEqual(['SYNTAX 2']);
    expect(await codes('b.ts', "throw new Error('no');")).toEqual(['EXECUTION 1']);
    expect(await codes('c.ts', 'export const x = 1;')).toEqual(['NO_WORKFLOW 1']);
    expect(await codes('d.ts', 'export default { states: () => 1 };')).toEqual(['EXECUTION 1']);
  });

  it('is refused in TypeScript where it would end the program, or fill its memory', async () => {
    const messages = async (name: string, text: string) =>
      (await loadSource(name, text)).findings.map(({ code, message }) => `${code} ${message}`);
    expect(await messages('exit.ts', 'process.exit(0);')).toEqual([
      'EXECUTION Running the file failed: it ended before anything was exported.',
    ]);
    const path = join(directory, 'full.ts');
    await writeFile(path, 'const a = []; for (;;) a.push(new Array(1e5).fill({}));');
    const { error } = await runTs(path, { ms: 30_000, megabytes: 32 });
    expect(error).toContain('memory limit');
  });

  it('is refused in TypeScript where it never ends', async () => {
    const path = join(directory, 'loop.ts');
    await writeFile(path, 'for (;;);');
    expect(await runTs(path, { ms: 1_500, megabytes: 64 })).toEqual({ error: 'it did not end within 1.5 s' });
  });
});

describe('a text', () => {
  it('is accepted in TOML and JSON', () => {
    expect(findingsOf(TOML, 'toml')).toEqual([]);
    expect(findingsOf(JSON_TEXT, 'json')).toEqual([]);
  });

  it('is refused at the place of a syntax error', () => {
    expect(findingsOf(TOML.replace('Review = {}', 'Review = {'), 'toml')).toEqual(['SYNTAX 8:1']);
    expect(findingsOf('{\n  "name": }', 'json')[0]).toBe('SYNTAX 2:11');
    expect(findingsOf('{ "name": "A", }', 'json')[0]).toBe('SYNTAX 1:16');
    expect(findingsOf('{ // no\n}', 'json')[0]).toBe('SYNTAX 1:3');
    expect(findingsOf('', 'json')).toEqual(['SYNTAX 1:1']);
  });

  it('is refused at the second of two equal keys', () => {
    expect(findingsOf(TOML.replace('Review = {}', 'Review = {}\nReview = {}'), 'toml')).toEqual([
      'DUPLICATE_KEY 8:1',
    ]);
    expect(findingsOf('{ "a": 1,\n  "a": 2 }', 'json')).toEqual(['DUPLICATE_KEY 2:3']);
  });

  it('is refused at the offending value or key', () => {
    expect(findingsOf(TOML.replace('"approved"', '"merged"'), 'toml')).toEqual(['SCHEMA 8:22']);
    expect(findingsOf(TOML.replace('final =', 'finale ='), 'toml')).toEqual(['SCHEMA 8:14']);
    expect(findingsOf(TOML.replace('"Review -> Approved"', '"Review => Approved"'), 'toml')).toEqual([
      'SCHEMA 11:1',
    ]);
    expect(findingsOf(TOML.replace('role = "reviewer"', 'role = "lead"'), 'toml')).toEqual([
      'UNUSED_ROLE 2:10',
      'UNKNOWN_ROLE 11:54',
    ]);
    expect(findingsOf(JSON_TEXT.replace('"Review": {}', '"Review": {},\n"Orphan": {}'), 'json')).toEqual([
      'UNREACHABLE_STATE 12:1',
      'DEAD_END 12:1',
    ]);
  });

  it('is refused at the item of an array of tables', () => {
    const text =
      TOML.replace(/"Review -> Approved" = .*\n/, '') +
      '[[transitions."Review -> Approved"]]\ntrigger = "approve"\nrole = "reviewer"\n' +
      '[[transitions."Review -> Approved"]]\ntrigger = "aprove"\n';
    expect(findingsOf(text, 'toml')).toEqual(['UNKNOWN_TRIGGER 15:11']);
  });

  it('keeps the names that JavaScript objects know out of definitions', () => {
    expect(findingsOf('{ "__proto__": { "x": 1 } }', 'json')).toEqual(['SCHEMA 1:3']);
    expect(findingsOf(TOML.replace('Review = {}', 'Review = {}\nconstructor = {}'), 'toml')).toEqual([
      'SCHEMA 8:1',
    ]);
    expect(findingsOf('__proto__ = 1', 'toml')).toEqual(['SCHEMA 1:1']);
    expect(Object.prototype).not.toHaveProperty('x');
  });

  it('has titles without NUL and without lone surrogates', () => {
    const titled = (title: string) => findingsOf(JSON.stringify({ ...catalog.BasicApproval, title }), 'json');
    expect(titled('fine \u{1f600}')).toEqual([]);
    expect(titled('a\0b')[0]).toMatch(/^SCHEMA/);
    expect(titled('a\ud800b')[0]).toMatch(/^SCHEMA/);
  });

  it('is answered quickly however deep, large or repetitive it is', () => {
    const deepJson = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(findingsOf(deepJson, 'json')[0]).toMatch(/^TOO_DEEP/);
    expect(findingsOf(`{"a":${'[['.repeat(20)}${']]'.repeat(20)}}`, 'json')).toEqual(['TOO_DEEP 1:1']);
    expect(findingsOf(`a = ${'['.repeat(50_000)}`, 'toml')[0]).toMatch(/^(TOO_DEEP|SYNTAX)/);
    expect(findingsOf(`a = "${'x'.repeat(2 ** 20)}"`, 'toml')).toEqual(['TOO_LARGE 1:1']);
    const many = JSON.stringify(
      Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 1])),
    );
    expect(loadText(many, 'json', 'a').findings).toHaveLength(100);
    const keys = Array.from({ length: 40_000 }, (_, index) => `k${index} = 1`).join('\n');
    expect(loadText(keys, 'toml', 'a').findings).toHaveLength(100);
  });
});
