/** `definitions`, `activate`, `rollback`, `retire`: the workflows of the tenant, their versions, and which is active where. */
import { CountersignError } from '../../errors.ts';
import { connected } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import type { DefinitionActivation, DefinitionVersion } from '../life-wire.ts';
import type { Reply } from '../problem.ts';
import { done, type Result, refused } from '../result.ts';
import { timeText } from '../state-text.ts';
import { cell, clean, painter, table } from '../text.ts';

export async function definitions(io: Io, options: Common): Promise<Result> {
  const page = await connected(io, options, (api) => api.definitions());
  if (page.items.length === 0)
    return done(page, 'No workflow is deployed. "countersign deploy FILE" deploys one.');
  const rows = page.items.map((each) => [
    each.name,
    String(each.version),
    each.digest.slice(0, 12),
    each.deployed_at ? timeText(each.deployed_at) : '',
    cell(each.deployed_by ?? '', 30),
  ]);
  return done(page, table(painter(io), ['WORKFLOW', 'VERSION', 'DIGEST', 'DEPLOYED (UTC)', 'BY'], rows));
}

export async function versions(io: Io, options: Common, name: string): Promise<Result> {
  const page = await connected(io, options, (api) => api.definitionVersions(name));
  const rows = page.items.map((each) => [
    String(each.version),
    statusText(each),
    each.digest.slice(0, 12),
    timeText(each.deployed_at),
    cell(each.deployed_by, 30),
    cell(each.reason ?? '', 60),
  ]);
  const columns = ['VERSION', 'STATUS', 'DIGEST', 'DEPLOYED (UTC)', 'BY', 'REASON'];
  return done(page, table(painter(io), columns, rows));
}

function statusText({ active, draft, forced }: DefinitionVersion): string {
  return [active && 'active', draft && 'reviewed', forced && 'forced'].filter(Boolean).join(', ');
}

export async function compareVersions(
  io: Io,
  options: Common,
  name: string,
  from: string,
  to: string,
): Promise<Result> {
  const [before, after] = [numberOf(from), numberOf(to)];
  const compared = await connected(io, options, (api) => api.compareDefinitions(name, before, after));
  const paint = painter(io);
  const marks = { added: paint.green('+'), removed: paint.red('-'), changed: paint.yellow('~') };
  const lines = [
    ...compared.differences.map(({ kind, sentence }) => `${marks[kind]} ${clean(sentence)}`),
    ...compared.renames.map((each) =>
      paint.dim(`? "${clean(each.from)}" may only be called "${clean(each.to)}" now.`),
    ),
  ];
  const same = `Versions ${before} and ${after} of ${clean(name)} are the same.`;
  return done(compared, lines.length > 0 ? lines.join('\n') : same);
}

type Where = Common & { readonly project?: string; readonly reason?: string };

export function activate(io: Io, options: Where, name: string, version: string): Promise<Result> {
  const wanted = version === 'newest' ? version : numberOf(version);
  return say(io, options, name, 'activations', { version: wanted });
}

export function rollback(io: Io, options: Where, name: string): Promise<Result> {
  return say(io, options, name, 'rollback', {});
}

export function retire(io: Io, options: Where, name: string): Promise<Result> {
  return say(io, options, name, 'retirement', {});
}

async function say(io: Io, options: Where, name: string, what: string, said: object): Promise<Result> {
  const { project, reason } = options;
  const body = {
    ...said,
    ...(project !== undefined && { project }),
    ...(reason !== undefined && { reason }),
  };
  const reply: Reply<DefinitionActivation> = await connected(io, options, (api) =>
    api.sayOfDefinition(name, what, body),
  );
  if (!reply.ok) return refused(reply.refusal);
  const { kind, version, project: place } = reply.value;
  const where = place === null ? '' : ` in ${cell(place)}`;
  const text =
    kind === 'retire'
      ? `${cell(name)} takes no new changes any more; those that run go on.`
      : `New changes${where} follow ${version === null ? 'the newest version' : `version ${version}`} of ${cell(name)}.`;
  return done(reply.value, text);
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CountersignError('INVALID_INPUT', `"${text}" is not the number of a version.`, {
    hint: '"countersign definitions NAME" lists the versions.',
  });
}
