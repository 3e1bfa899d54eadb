/** What the log keeps of an event beside what its sender said: what became of votes, and what a signature stands for. */
import { DATA } from '../machines/built-in.ts';
import type { Leaving, TriggerEvent } from '../machines/compile.ts';
import type { ChangeContext } from '../machines/context.ts';
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
