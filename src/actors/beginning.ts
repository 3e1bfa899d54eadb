/** What a change knows when it begins, and which roles a sender's roles include. */
import { misfit } from '../machines/built-in.ts';
import { type ChangeContext, othersBehind, type Sender } from '../machines/context.ts';
import type { AttributeValue, Definition } from '../machines/definition.ts';
import type { ChangeFacts } from '../persistence/records.ts';
import type { Principal } from './commands.ts';

/** Declared attributes out of what the proposal said; the rest of it is kept as facts and decides nothing. */
export function startingContext(
  definition: Definition,
  { author, attributes }: ChangeFacts,
  proposer: Sender,
): Pick<ChangeContext, 'author' | 'authorKind' | 'authorFor' | 'attributes' | 'electorates'> {
  const behind = othersBehind(proposer);
  const { kind } = proposer;
  const who = {
    author,
    ...(kind !== 'person' && { authorKind: kind }),
    ...(behind && { authorFor: behind }),
  };
  if (!definition.attributes || typeof attributes !== 'object' || attributes === null) return who;
  const said = attributes as Readonly<Record<string, AttributeValue>>;
  const declared = Object.keys(definition.attributes).filter((name) => Object.hasOwn(said, name));
  if (declared.length === 0) return who;
  return {
    ...who,
    attributes: Object.fromEntries(declared.map((name) => [name, said[name] as AttributeValue])),
  };
}

/** The first declared attribute that the proposal gives a value it cannot have, as a sentence. */
export function attributeProblem(definition: Definition, attributes: unknown): string | undefined {
  if (!definition.attributes || typeof attributes !== 'object' || attributes === null) return undefined;
  for (const [name, value] of Object.entries(attributes)) {
    const problem = misfit(definition, name, value);
    if (problem) return problem;
  }
  return undefined;
}

/** The principal with the roles that its roles include, directly or through others. */
export function withIncluded({ includes }: Definition, principal: Principal): Principal {
  if (!includes) return principal;
  const roles = [...principal.roles];
  for (const role of roles)
    if (Object.hasOwn(includes, role))
      for (const each of includes[role] ?? []) if (!roles.includes(each)) roles.push(each);
  return roles.length === principal.roles.length ? principal : { ...principal, roles };
}
