/** Exports: two spellings that are the definition again, and three drawings that other programs read. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, setup, transition } from 'xstate';
import { catalog } from '../../src/machines/catalog/index.ts';
import { check } from '../../src/machines/check.ts';
import { compile, next, type Snapshot, start, type TriggerEvent } from '../../src/machines/compile.ts';
import type { Definition, Joined } from '../../src/machines/definition.ts';
import { digestOf } from '../../src/machines/digest.ts';
import { writeAs } from '../../src/machines/export/export.ts';
import { grammarOf } from '../../src/machines/export/grammar.ts';
import { xstateConfig } from '../../src/machines/export/xstate.ts';
import { conditionGuard } from '../../src/machines/guards.ts';
import { joinGuard } from '../../src/machines/joins.ts';
import { loadText } from '../../src/machines/load.ts';
import { scopesOf } from '../../src/machines/paths.ts';
import { runs } from '../support/runs.ts';
import { define, person, sourceOf } from './build.ts';
import { definitions as random } from './nets/definitions.ts';
import { readXml, type XmlElement } from './xml.ts';

const known = Object.values(catalog).map((source) => define(source));
/** As an author can write them: transitions of one edge stand together. */
const writable = random.map((each) => define(JSON.parse(JSON.stringify(grammarOf(each)))));

describe('the TOML and the JSON of a definition', () => {
  const again = (definition: Definition) =>
    (['toml', 'json'] as const).map(
      (format) => loadText(writeAs(format, definition), format, `a.${format}`).digest,
    );

  it.each(known)('are $name again, with its digest', (definition) => {
    expect(again(definition)).toEqual([digestOf(definition), digestOf(definition)]);
  });

  it('are any definition again, with its digest', () => {
    fc.assert(
      fc.property(writable, (definition) => {
        expect(again(definition)).toEqual([digestOf(definition), digestOf(definition)]);
      }),
      { numRuns: runs(60, 300) },
    );
  });

  const titles = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 60 })
    .filter((text) => !text.includes('\0') && text.isWellFormed());

  it('keep whatever stands in a title', () => {
    fc.assert(
      fc.property(titles, (title) => {
        const definition = withTitle(title);
        expect(again(definition)).toEqual([digestOf(definition), digestOf(definition)]);
      }),
    );
  });

  it('keep who may supersede, ballots that are called "all", and revisions that keep votes', () => {
    const definition = define(
      sourceOf({
        roles: ['lead'],
        ballots: {
          all: {
            in: 'A',
            cast: { ok: 'approve', no: -2 },
            veto: -2,
            revision: 'keep',
            needs: { majority: true },
          },
          other: {
            in: 'A',
            cast: { go: { value: 2, role: 'lead' } },
            revision: { keep: 'same_tree', vetoes: 'keep' },
          },
        },
        supersede: { role: 'lead', to: 'End', reason: 'required' },
        states: { A: {}, End: { final: 'withdrawn' } },
        transitions: { 'A -> End': { trigger: 'back', void: ['all'] } },
      }),
    );
    expect(again(definition)).toEqual([digestOf(definition), digestOf(definition)]);
  });
});

function withTitle(title: string): Definition {
  return define(
    sourceOf({
      title,
      states: { A: { title, regions: regionsTitled(title) }, End: { title, final: 'approved' } },
      transitions: { 'A -> End': [{ join: 'all' }, { trigger: 'go', if: 'author != "<!--]]>\\\\\\"--"' }] },
    }),
  );
}

function regionsTitled(title: string) {
  return {
    one: {
      title,
      initial: 'state',
      states: { state: { title, timers: { late: { after: '90m' } } }, end: { final: 'approved' } },
      transitions: { 'state -> end': { trigger: 'ok' } },
    },
  };
}

const HOSTILE = [
  'a --> b\n  [*] --> End : "x"',
  '%% --> {{}} }\nend note',
  '"<script>alert(1)</script>&amp; --> <!-- ]]> \u0007\u0085',
];

describe('the Mermaid of a definition', () => {
  it.each(known)('draws each state and each transition of $name once', (definition) => {
    const lines = writeAs('mermaid', definition)
      .split('\n')
      .map((line) => line.trim());
    const scopes = scopesOf(definition);
    const states = scopes.flatMap((scope) => Object.values(scope.states));
    const regions = scopes.length - 1;
    expect(lines.filter((line) => line.startsWith('state "'))).toHaveLength(states.length + regions);
    const finals = states.filter(({ final }) => final).length;
    const reopened = states.filter(({ reopen }) => reopen).length;
    const edges = scopes.reduce((sum, { transitions }) => sum + transitions.length, 0);
    const drawn = lines.filter((line) => / --> /.test(line) && !line.startsWith('%%'));
    expect(drawn).toHaveLength(scopes.length + edges + finals + reopened);
  });

  it('says who may, when time is over, and which ballots are taken', () => {
    const text = writeAs('mermaid', define(catalog.EnterpriseApproval));
    expect(text).toContain('Recorded --> SecurityReview : submit by developer');
    expect(text).toContain('Recorded --> Withdrawn : idle for 90d');
    expect(text).toContain('overdue#58; after 3d asks security_lead too');
    expect(text).toContain('Security#58; security_approve by security_reviewer, not the contributors = 1');
  });

  it.each(HOSTILE)('shows a hostile title as nothing but text: %j', (title) => {
    const [, , , ...lines] = writeAs('mermaid', withTitle(title)).split('\n');
    const plain = writeAs('mermaid', withTitle('plain')).split('\n').slice(3);
    const shape = (line: string) => line.replace(/"[^"]*"/, '""');
    expect(lines.map(shape)).toEqual(plain.map(shape));
    for (const line of lines)
      expect(line.replace(/ --> |#\d+;/g, '')).not.toMatch(/[<>{}"#;%].*[<>"#;%].*["#;%]/);
  });

  it('gives states other names where theirs are words of Mermaid', () => {
    expect(writeAs('mermaid', withTitle('x'))).toContain('state "x (approved)" as End_2');
  });
});

/** What may stand in what (SCXML 1.0, section 3 to 6), as far as it is used. */
const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  scxml: ['state', 'parallel', 'final'],
  state: ['onentry', 'onexit', 'transition', 'state', 'parallel', 'final'],
  parallel: ['onentry', 'onexit', 'transition', 'state', 'parallel'],
  final: ['onentry', 'onexit', 'donedata'],
  onentry: ['send', 'log'],
  onexit: ['cancel', 'log'],
  transition: ['log'],
  donedata: ['content'],
  content: [],
  send: [],
  cancel: [],
  log: [],
};
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  scxml: ['xmlns', 'xmlns:cs', 'version', 'name', 'initial', 'datamodel'],
  state: ['id', 'initial'],
  parallel: ['id'],
  final: ['id'],
  transition: ['event', 'cond', 'target'],
  send: ['id', 'event', 'delay'],
  cancel: ['sendid'],
  log: ['label', 'expr'],
};

function everyElement(root: XmlElement): XmlElement[] {
  return [root, ...root.children.flatMap(everyElement)];
}

/** What breaks a rule of SCXML, as sentences. */
function defectsOf(text: string): string[] {
  const root = readXml(text);
  const all = everyElement(root);
  const ids = all.flatMap(({ attributes }) => attributes.id ?? []);
  const states = all.filter(({ name }) => ['state', 'parallel', 'final'].includes(name));
  const stateIds = new Set(states.map(({ attributes }) => attributes.id));
  const names = (text: string | undefined) => text === undefined || stateIds.has(text);
  return [
    ...(root.name === 'scxml' && root.attributes.version === '1.0' ? [] : ['no scxml']),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} twice`),
    ...ids.filter((id) => !/^[A-Za-z_][\w.-]*$/.test(id)).map((id) => `${id} is no NCName`),
    ...all.flatMap(({ name, attributes, children }) => [
      ...children
        .filter((each) => !CHILDREN[name]?.includes(each.name))
        .map((each) => `${each.name} in ${name}`),
      ...Object.keys(attributes)
        .filter((each) => !each.startsWith('cs:') && !ATTRIBUTES[name]?.includes(each))
        .map((each) => `${each} of ${name}`),
      ...(names(attributes.target) && names(attributes.initial) ? [] : [`${name} leads nowhere`]),
      ...(name === 'transition' && !attributes.event && !attributes.cond && !attributes.target
        ? ['empty']
        : []),
      ...(name === 'send' && !/^\d+(\.\d+)?s$/.test(attributes.delay ?? '') ? ['delay'] : []),
      ...(name === 'cancel' && !ids.includes(attributes.sendid ?? '') ? ['cancels nothing'] : []),
      ...(name === 'parallel' && !children.some((each) => each.name === 'state') ? ['empty parallel'] : []),
    ]),
  ];
}

describe('the SCXML of a definition', () => {
  it.each(known)('keeps the rules of its elements: $name', (definition) => {
    expect(defectsOf(writeAs('scxml', definition))).toEqual([]);
  });

  it('keeps them whatever the definition', () => {
    fc.assert(
      fc.property(writable, (definition) => {
        expect(defectsOf(writeAs('scxml', definition))).toEqual([]);
      }),
      { numRuns: runs(60, 200) },
    );
  });

  it.each(HOSTILE)('keeps a hostile title: %j', (title) => {
    const text = writeAs('scxml', withTitle(title));
    expect(defectsOf(text)).toEqual([]);
    expect(readXml(text).attributes['cs:title']).toBe(title.replace('\u0007', '\ufffd'));
  });

  it('says timers, joins and who may in the words of the standard', () => {
    const text = writeAs('scxml', define(catalog.ParallelReview));
    expect(text).toContain('<parallel id="Review"');
    expect(text).toContain('<transition event="done.state.Review" target="Approved"/>');
    expect(text).toContain('delay="259200s"');
    expect(text).toContain(`cond="'security_reviewer' in sender.roles &amp;&amp; sender.id != author"`);
  });
});

/** The exported configuration with the guards and actions that its names stand for. */
function runnable(definition: Definition): AnyStateMachine {
  const config = JSON.parse(writeAs('xstate', definition));
  const { guards, actions } = compile(definition).machine.implementations as unknown as {
    guards: Record<string, (given: object, params: object) => boolean>;
    actions: object;
  };
  // Exported conditions are called so; inside a guard that looks at states they have our own name.
  const holds = (given: object, { condition, text }: { condition?: string; text?: string }) =>
    guards.holds?.(given, { text: condition ?? text });
  const own = Object.fromEntries(
    [...guardsIn(config)].map(([name, params]) => [name, looking(definition, name, params)]),
  );
  const named = { ...guards, holds, ...own };
  return setup({ guards: named, actions: { ...actions, remind: () => {} } } as never).createMachine({
    ...config,
    context: ({ input }: { input: object }) => ({ author: '', escalated: {}, ...input }),
  } as never) as unknown as AnyStateMachine;
}

/** Guards that look at states, by name. */
function guardsIn(
  value: unknown,
): Map<string, { condition?: string; join?: Joined['join']; ending?: 'approved' }> {
  const found = new Map();
  const look = (each: unknown) => {
    if (typeof each !== 'object' || each === null) return;
    const { guard } = each as { guard?: { type: string; params: object } };
    if (guard && / /.test(guard.type)) found.set(guard.type, guard.params);
    Object.values(each).forEach(look);
  };
  look(value);
  return found;
}

function looking(definition: Definition, name: string, params: { condition?: string }): unknown {
  const [, path = ''] = /^(?:join|when) (\S+?)(?:->| )/.exec(name) ?? [];
  const [top = ''] = path.split('.');
  if (params.condition !== undefined) return conditionGuard(params.condition, definition, `${top}.`);
  return joinGuard(
    { ...params, from: top } as Joined,
    definition.states[top]?.regions ?? {},
    `${definition.name}.${top}`,
  );
}

const PEOPLE = ['bob', 'eve'];

/** Everything that can happen to a change of `ann`, with every role at once, or none. */
function eventsOf(definition: Definition): TriggerEvent[] {
  const senders = [...PEOPLE.map((id) => person(id, ...definition.roles)), person('ann')];
  const sent = definition.triggers.flatMap((type) =>
    senders.map((principal) => ({ type, principal, reason: 'because', at: 0 })),
  );
  return [...sent, { type: 'change.revise', principal: person('ann'), data: {} }];
}

/** Both machines go the same ways from the start, as far as `limit` configurations. */
function compareWays(definition: Definition, limit: number): number {
  const ours = compile(definition);
  const theirs = runnable(definition);
  const timers = (snapshot: Snapshot) =>
    new Set((snapshot._nodes as { path: string[] }[]).map(({ path }) => path.join('.')));
  const first = start(ours, { author: 'ann' }).snapshot;
  const found = new Map([
    [keyOf(first), [first, theirs.resolveState({ value: first.value, context: first.context })]],
  ]);
  let compared = 0;
  for (const [, [own, other]] of found as Map<string, [Snapshot, Snapshot]>) {
    if (found.size > limit) break;
    const active = timers(own);
    const over = [...ours.timers].filter(([, { path }]) => active.has(path));
    const pairs = [
      ...eventsOf(definition).map((event) => [event, event] as const),
      ...over.map(
        ([type, { path, name }]) => [{ type }, { type: theirTimer(definition, theirs, path, name) }] as const,
      ),
    ];
    for (const [event, same] of pairs) {
      const after = next(ours, own, event).snapshot;
      const [reached] = transition(theirs, other as never, { value: own.value, ...same } as never);
      expect([event, (reached as Snapshot).value]).toEqual([event, after.value]);
      compared += 1;
      const key = keyOf(after);
      if (!found.has(key)) found.set(key, [after, reached as Snapshot]);
    }
  }
  return compared;
}

function keyOf({ value, context }: Snapshot): string {
  const { votes = {}, elapsed = [] } = context as {
    votes?: Record<string, { by: string; value: number }[]>;
    elapsed?: string[];
  };
  const given = Object.entries(votes).map(([ballot, list]) => [
    ballot,
    list.map(({ by, value }) => `${by} ${value}`),
  ]);
  return JSON.stringify([value, given, elapsed]);
}

/** The event by which the exported machine hears that a timer is over; its description begins with the timer's name. */
function theirTimer(definition: Definition, machine: AnyStateMachine, path: string, name: string): string {
  const id = `${definition.name}.${path}`;
  const after = machine.getStateNodeById(id).config.after as Record<string, { description: string }[]>;
  const delay = Object.keys(after).find((key) => after[key]?.[0]?.description.startsWith(`${name},`));
  return `xstate.after.${delay}.${id}`;
}

/** Both machines would run in a circle. */
const ENDLESS = new Set<string>(['EVENTLESS_CYCLE', 'JOIN_CYCLE']);

describe('the XState configuration of a definition', () => {
  it.each(known)('goes the ways of our machine: $name', (definition) => {
    expect(compareWays(definition, 150)).toBeGreaterThan(10);
  });

  it('goes them whatever the definition', () => {
    fc.assert(
      fc.property(writable, (definition) => {
        fc.pre(!check(definition).findings.some(({ code }) => ENDLESS.has(code)));
        compareWays(definition, 12);
      }),
      { numRuns: runs(20, 60) },
    );
  });

  it('is JSON, and nothing but JSON', () => {
    for (const definition of known)
      expect(JSON.parse(JSON.stringify(xstateConfig(definition)))).toEqual(xstateConfig(definition));
  });
});
