/**
 * What the log keeps of an event beside what its sender said: what became of votes, what a signature stands for, and for
 * whom a delegate acted.
 */
import { DATA } from '../machines/built-in.ts';
import type { Leaving, TriggerEvent } from '../machines/compile.ts';
import type { ChangeContext, Sender } from '../machines/context.ts';
import type { Definition } from '../machines/definition.ts';
import { revise } from '../machines/revising.ts';
import type { Json } from '../persistence/records.ts';

/** `context` is the one the event met. */
export function dataOf(
  definition: Definition,
  context: ChangeContext,
  event: TriggerEvent,
  rule: Leaving | undefined,
): Json | undefined {
  const said = event.data as Json | undefined;
  if (event.type === 'change.revise') {
    const given = DATA['change.revise'].parse(event.data);
    const { fates } = revise(context, definition.ballots ?? {}, given, event.principal);
    return fates.length === 0 ? said : ({ ...(said as object), fates } as unknown as Json);
  }
  if (rule?.sign === undefined) return said;
  const signature = {
    meaning: rule.sign,
    signer: event.principal.id,
    session: event.principal.session?.id ?? null,
    revision: context.revision?.number ?? 0,
  };
  return said === undefined || said === null ? { signature } : { said, signature };
}

const BEHALF = 'on_behalf_of';

/** The data with the name of whom the sender acted for. The name at this place is ours: a sender's own is set aside. */
export function onBehalf(data: Json | undefined, sender: Sender): Json {
  const said = data ?? null;
  const isTaken = isRecord(said) && Object.hasOwn(said, BEHALF);
  if (sender.for === undefined) return isTaken ? { said } : said;
  const kept = isRecord(said) && !isTaken ? said : said === null ? {} : { said };
  return { ...kept, [BEHALF]: sender.for };
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
