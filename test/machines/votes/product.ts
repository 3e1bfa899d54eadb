/** The product, driven through the machine alone: what it answers, where the change is, and what its ballots come to. */
import type { StateValue } from 'xstate';
import {
  builtInRefusal,
  type CompiledWorkflow,
  configuration,
  enabledBy,
  isBuiltIn,
  next,
  refusalOf,
  type Snapshot,
} from '../../../src/machines/compile.ts';
import { factsOf } from '../../../src/machines/facts.ts';
import type { Standing } from './counting.ts';
import type { Said } from './story.ts';

export interface Answer {
  readonly code?: string;
  readonly snapshot: Snapshot;
}

/** Sends an event. Throws where what explains refusals and what takes transitions do not agree. */
export function send(workflow: CompiledWorkflow, snapshot: Snapshot, said: Said, at: number): Answer {
  const event = { ...said, at };
  const code = refusalCode(workflow, snapshot, { ...event, value: snapshot.value as StateValue });
  const { changed, snapshot: after } = next(workflow, snapshot, event);
  if (changed !== (code === undefined))
    throw new Error(`${said.type} is explained as ${code ?? 'accepted'}, but changed is ${changed}.`);
  return code === undefined ? { snapshot: after } : { code, snapshot: after };
}

function refusalCode(
  { definition, ...workflow }: CompiledWorkflow,
  { value, context }: Snapshot,
  event: Said & { readonly at: number; readonly value: StateValue },
): string | undefined {
  if (isBuiltIn(event.type)) return builtInRefusal(definition, context, event)?.code;
  const codes = enabledBy({ definition, ...workflow }, value, event.type).map(
    (rule) => refusalOf(definition, rule, context, event)?.code,
  );
  return codes.includes(undefined) ? undefined : (codes[0] ?? 'NOT_ENABLED');
}

export function placeOf(snapshot: Snapshot): string {
  return configuration(snapshot.value)[0] ?? '';
}

export function standingIn({ definition }: CompiledWorkflow, { context, value }: Snapshot, ballot: string) {
  const all = factsOf(definition, context, value).ballots as Record<string, Standing>;
  const { passed, approvals, rejections, vetoed } = all[ballot] as Standing;
  return { passed, approvals, rejections, vetoed };
}
