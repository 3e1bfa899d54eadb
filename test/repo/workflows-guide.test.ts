/** The guide `docs/workflows.md` is true: its snippets are as sound as it says, and its tables come out as they stand there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/actors/commands.ts';
import { type Live, proposed } from '../../src/actors/live.ts';
import { standingsOf } from '../../src/actors/standings.ts';
import { type Input, step } from '../../src/actors/step.ts';
import { KEEPS } from '../../src/machines/ballot.ts';
import { BUILT_IN } from '../../src/machines/built-in.ts';
import { readCalendar } from '../../src/machines/calendar-source.ts';
import type { Calendar } from '../../src/machines/calendars.ts';
import { compile } from '../../src/machines/compile.ts';
import { checkCondition } from '../../src/machines/conditions/check.ts';
import { parseCondition } from '../../src/machines/conditions/parse.ts';
import type { Definition } from '../../src/machines/definition.ts';
import { parseDuration } from '../../src/machines/duration.ts';
import { factsOf, holds } from '../../src/machines/facts.ts';
import { FINDING_CODES } from '../../src/machines/findings.ts';
import { type Loaded, loadText } from '../../src/machines/load.ts';
import { loadFile } from '../../src/machines/load-file.ts';
import { dataOf } from '../../src/machines/locate.ts';
import { readToml } from '../../src/machines/locate-toml.ts';
import { isActive } from '../../src/machines/paths.ts';
import { scopeOf } from '../../src/machines/scope.ts';
import type { Json } from '../../src/persistence/records.ts';
import { partsOf, type Snippet, spans } from './guide-parts.ts';
import { filesUnder, read } from './sources.ts';

type Data = { readonly [key: string]: unknown };

const GUIDE = 'docs/workflows.md';
const guide = read(GUIDE);
const { snippets: all, tables } = partsOf(guide);
const snippets = all.filter(({ info }) => info.calendar === undefined);
const calendars = Object.fromEntries(
  all.flatMap(({ info, text }) => (info.calendar === undefined ? [] : [[info.calendar, calendarOf(text)]])),
);
const sources = sourcesOf(snippets);

describe('a snippet of the guide', () => {
  it('says what it is', () => {
    const known = snippets.every(
      ({ info: { sound, finding } }) => (sound === undefined) !== (finding === undefined),
    );
    expect(snippets.length).toBeGreaterThan(10);
    expect(known).toBe(true);
  });

  it.each(snippets)('at line $line of the guide is what its fence says', async ({ language, info, text }) => {
    if (info.file !== undefined) expect(text).toBe(read(info.file));
    const loaded = await load(language, text, info.into);
    const codes = [...new Set(loaded.findings.map(({ code }) => code))];
    expect(codes).toEqual(info.finding === undefined ? [] : [info.finding]);
    for (const { message } of loaded.findings) expect(guide.replaceAll('\n', ' ')).toContain(message);
    expect(loaded.sound).toBe(info.finding === undefined);
    if (info.same !== undefined) expect(loaded.digest).toBe(loadData(sources.named(info.same)).digest);
  });
});

describe('a table of what happens', () => {
  const runs = tables.filter(({ head }) => head[0]?.includes(' proposes'));

  it('stands below every workflow that is sound, up to the next one', () => {
    const shown = snippets.filter(({ language, info }) => language === 'toml' && info.sound !== undefined);
    const bare = shown.filter(({ line }, index) => {
      const end = shown[index + 1]?.line ?? Number.POSITIVE_INFINITY;
      return !runs.some((run) => run.line > line && run.line < end);
    });
    expect(bare.map(({ line }) => line)).toEqual([]);
  });

  it.each(runs)('at line $line of the guide comes out so', ({ line, head, rows }) => {
    const workflow = { ...compile(definitionOf(sources.before(line))), calendars };
    const run = new Run(workflow);
    for (const [index, does] of head.entries()) {
      const before = run.live;
      const said = run.take(does);
      judge(rows[0]?.[index] ?? '', does, said, run.live, before);
    }
  });
});

describe('the other tables', () => {
  it('list what conditions can read', () => {
    const definition = definitionOf(sources.named('Policy'));
    const scope = scopeOf(
      {
        ...definition,
        attributes: { pages: { type: 'int', initial: 0 } },
        states: {
          Review: {
            regions: {
              law: { initial: 'a', states: { a: { timers: { nudge: { afterMs: 1 } } } }, transitions: [] },
            },
          },
        },
      },
      'Review',
    );
    const readable = rowsOf('Readable').flatMap(([cell = '']) => spans(cell));
    expect(readable.filter((path) => typeAt(scope.variables, path) === undefined)).toEqual([]);
    const groups = new Set(readable.map((path) => path.split('.')[0]));
    expect([...groups].sort()).toEqual(Object.keys(scope.variables).sort());
  });

  it('tell what conditions are refused for what', () => {
    const { variables } = scopeOf(definitionOf(sources.named('Page')));
    const scope = { variables: { ...variables, attributes: { record: { pages: 'int' } } } } as const;
    for (const [refused = '', instead = ''] of rowsOf('Refused')) {
      expect(parseCondition(spans(refused)[0] ?? '').ok, refused).toBe(false);
      const parsed = parseCondition(spans(instead)[0] ?? '');
      expect(parsed.ok && checkCondition(parsed.tree, scope), instead).toEqual([]);
    }
  });

  it('show needs that a ballot can have', () => {
    for (const need of rowsOf('Need').flatMap(([cell = '']) => spans(cell))) {
      // With a vote high enough for each of them.
      const added = toml(`ballots.team = { needs = ${need}, cast.yes = 2 }`);
      const { findings } = loadData(merged(sources.named('Policy'), added));
      expect(findings, need).toEqual([]);
    }
  });

  it('name the findings of what is wrong', () => {
    for (const [added = '', found = ''] of rowsOf('Added')) {
      const { findings } = loadData(merged(sources.named('Policy'), toml(spans(added)[0] ?? '')));
      expect(
        findings.map(({ code }) => code),
        added,
      ).toEqual([spans(found)[0]]);
    }
  });
});

it('the guide has every event that all workflows know, and every way to keep a vote', () => {
  const words: readonly string[] = [...BUILT_IN, ...KEEPS];
  expect(words.filter((word) => !guide.includes(`\`${word}\``))).toEqual([]);
});

it('the guide tells of every finding what it means and what to do', () => {
  const told = rowsOf('Code').flatMap(([codes = '']) => spans(codes));
  expect(told.toSorted()).toEqual([...FINDING_CODES].sort());
});

it('each code of a finding is said somewhere', () => {
  const program = filesUnder('src', '.ts')
    .filter((path) => path !== 'src/machines/findings.ts')
    .map(read)
    .join('\n');
  expect(FINDING_CODES.filter((code) => !program.includes(`'${code}'`))).toEqual([]);
});

it('the guide is short enough to be read in an hour', () => {
  expect(guide.split('\n').length - 1).toBeLessThan(620);
});

/** A change in the hands of the people of one table. They keep the roles they were given. */
class Run {
  live: Live;
  #now = 0;
  readonly #people = new Map<string, Principal>();

  constructor(workflow: Live['workflow']) {
    const facts = { id: 'c', author: 'ada', createdAt: 0, attributes: null } as unknown as Live['facts'];
    this.live = proposed(workflow, facts);
  }

  /** Does what a cell says and gives the log entry it left, if any. */
  take(cell: string) {
    const parts = /^(?:(\w+) later ?)?(?:(\w+)(?: \(([^)]*)\))? (.+))?$/.exec(cell);
    if (!parts) throw new Error(`"${cell}" is nothing somebody does`);
    const [, later, id, traits, does] = parts;
    if (later !== undefined) this.#wait(parseDuration(later) ?? Number.NaN);
    if (id === undefined || does === undefined) return undefined;
    const principal = this.#person(id, traits);
    const [, reason] = / because (.+)$/.exec(does) ?? [];
    const data = withData(does);
    if (does.startsWith('proposes')) {
      const facts = { ...this.live.facts, author: id, attributes: (data ?? null) as Json };
      this.live = proposed(this.live.workflow, facts);
      return this.#step({ kind: 'propose', envelope: { principal } });
    }
    const said = { ...(reason !== undefined && { reason }), ...(data !== undefined && { data }) };
    const command = { change: 'c', trigger: spans(does)[0] ?? '', ...said };
    return this.#step({ kind: 'event', command, envelope: { principal } });
  }

  #wait(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [timer] = this.live.timers
        .filter(({ dueAt }) => dueAt <= until)
        .toSorted((a, b) => a.dueAt - b.dueAt);
      if (!timer) break;
      this.#now = timer.dueAt;
      this.#step({ kind: 'timer', timer });
    }
    this.#now = until;
  }

  #step(input: Input) {
    const { live, entry } = step(this.live, input, this.#now);
    this.live = live;
    return entry;
  }

  #person(id: string, traits: string | undefined): Principal {
    const known = this.#people.get(id);
    if (traits === undefined && known) return known;
    const words = (traits ?? '').split(', ').filter((word) => word !== '');
    const sponsor = words.find((word) => word.startsWith('agent of '))?.slice('agent of '.length);
    const isAgent = sponsor !== undefined || words.includes('agent');
    const behalf = words.find((word) => word.startsWith('for '))?.slice('for '.length);
    const roles = words.filter((word) => !/^agent\b|^two factors$|^for /.test(word));
    const principal: Principal = {
      tenant: 't',
      id,
      kind: isAgent ? 'agent' : 'person',
      roles,
      ...(sponsor !== undefined && { sponsor }),
      ...(behalf !== undefined && { for: behalf }),
      ...(words.includes('two factors') && { session: { id: 's', factors: 2, at: this.#now } }),
    };
    this.#people.set(id, principal);
    return principal;
  }
}

/** Holds what a cell says against what happened: a refusal, a late vote, states and conditions. */
function judge(cell: string, does: string, said: ReturnType<Run['take']>, live: Live, before: Live): void {
  if (cell.startsWith('refused')) {
    expect(`${said?.kind} ${said?.refusal?.code}`, does).toBe(`refusal ${spans(cell)[0]}`);
    return;
  }
  if (cell === 'noted as late') {
    expect(said?.kind, does).toBe('late');
    expect(live.snapshot?.value).toEqual(before.snapshot?.value);
    return;
  }
  expect(['proposed', 'transition', undefined], does).toContain(said?.kind);
  const { value, context } = live.snapshot ?? { value: '', context: { author: '', escalated: {} } };
  const facts = factsOf(live.workflow.definition, context, value);
  if (cell.startsWith('says ')) {
    const needs = Object.values(standingsOf(live.workflow.definition, context, value)).flatMap(
      (ballot) => ballot.needs,
    );
    expect(needs.map(({ sentence }) => sentence).join('\n')).toContain(spans(cell)[0]);
    return;
  }
  expect(spans(cell).length, does).toBeGreaterThan(0);
  for (const claim of spans(cell)) {
    const isPath = /^[A-Z][\w.]*$/.test(claim);
    const isTrue = isPath ? isActive(value, claim) : holds(claim, facts);
    expect(isTrue, `${does}: ${claim}, where the change is in ${JSON.stringify(value)}`).toBe(true);
  }
}

function withData(does: string): Json | undefined {
  const [, written] = / with `(\{.*\})`$/.exec(does) ?? [];
  return written === undefined ? undefined : (toml(`data = ${written}`).data as Json);
}

function rowsOf(title: string): readonly (readonly string[])[] {
  const rows = tables.find(({ head }) => head[0] === title)?.rows ?? [];
  expect(rows.length, `the table "${title}"`).toBeGreaterThan(0);
  return rows;
}

/** The workflows of the guide as data: by the name under which they stand there first, and the one above a line. */
function sourcesOf(all: readonly Snippet[]) {
  const byName = new Map<string, Data>();
  const named = (name: string): Data => {
    const source = byName.get(name);
    if (!source) throw new Error(`${GUIDE} has no workflow ${name} above`);
    return source;
  };
  const inOrder = all
    .filter(({ language }) => language === 'toml')
    .map(({ line, text, info }) => {
      const source = info.into === undefined ? toml(text) : merged(named(info.into), toml(text));
      const name = String(source.name);
      if (!byName.has(name)) byName.set(name, source);
      return { line, source };
    });
  const before = (line: number): Data => inOrder.findLast((each) => each.line < line)?.source ?? {};
  return { named, before };
}

function calendarOf(text: string): Calendar {
  const result = readCalendar(JSON.parse(text));
  if (!('calendar' in result)) throw new Error(JSON.stringify(result));
  return result.calendar;
}

async function load(language: string, text: string, into: string | undefined): Promise<Loaded> {
  if (into !== undefined) return loadData(merged(sources.named(into), toml(text)));
  if (language === 'toml' || language === 'json') return loadText(text, language, GUIDE);
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  try {
    writeFileSync(join(folder, 'workflow.ts'), text);
    return await loadFile(join(folder, 'workflow.ts'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function loadData(source: Data): Loaded {
  return loadText(JSON.stringify(source), 'json', GUIDE);
}

function definitionOf(source: Data): Definition {
  const { definition, findings } = loadData(source);
  if (!definition) throw new Error(JSON.stringify(findings));
  return definition;
}

function toml(text: string): Data {
  const parsed = readToml(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.findings)}`);
  return dataOf(parsed.tree) as Data;
}

/** What "added to" means: tables are merged, roles and triggers joined, `[]` removes, all else (transitions too) is replaced. */
function merged(base: Data, added: Data): Data {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(added)) {
    const before = result[key];
    if (Array.isArray(value) && value.length === 0) delete result[key];
    else if ((key === 'roles' || key === 'triggers') && Array.isArray(before) && Array.isArray(value))
      result[key] = [...new Set([...before, ...value])];
    else
      result[key] = !key.includes(' -> ') && isData(before) && isData(value) ? merged(before, value) : value;
  }
  return result;
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeAt(variables: object, path: string): unknown {
  let type: unknown = { record: variables };
  for (const name of path.split('.')) type = (type as { record?: Data } | undefined)?.record?.[name];
  return type;
}
