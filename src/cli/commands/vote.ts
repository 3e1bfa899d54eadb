/** `approve` and `reject`: finds the trigger that means it here and now, for each change, and sends that one. */
import { CountersignError, type Refusal } from '../../errors.ts';
import type { Api } from '../api.ts';
import { connected, findChange } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { type Result, refused } from '../result.ts';
import { stateText } from '../state-text.ts';
import { type Paint, painter } from '../text.ts';
import type { Change, EnabledTrigger, EventBody } from '../wire.ts';
import { sendEvent } from './send.ts';
import { type Asked, sendSeveral } from './several.ts';

export type Vote = 'approve' | 'reject';

interface Options extends Common {
  readonly region?: string;
  readonly reason?: string;
  readonly project?: string;
  readonly for?: string;
  readonly allOrNothing?: boolean;
}

/** What a vote comes to before anything is sent. */
export type Choice =
  | {
      readonly kind: 'one';
      readonly trigger: string;
      /** What it would be refused for. It is sent all the same: who was refused what is for the log. */
      readonly refusal: Refusal | null;
    }
  | { readonly kind: 'several'; readonly candidates: readonly EnabledTrigger[] }
  | { readonly kind: 'none'; readonly refusal: Refusal };

type Decided = Exclude<Choice, { kind: 'several' }>;

export async function vote(
  io: Io,
  options: Options,
  meaning: Vote,
  names: readonly string[],
): Promise<Result> {
  const { region, reason, project, for: from } = options;
  const about = { region, hasReason: Boolean(reason?.trim()), forAnother: from !== undefined };
  const event = {
    ...(reason !== undefined && { reason }),
    ...(from !== undefined && { for: from }),
  };
  return connected(io, options, async (api) => {
    const changes = await Promise.all(names.map((name) => findChange(api, name, project)));
    const chosen = changes.map((change) => ({
      change,
      choice: unambiguous(chooseTrigger(change, meaning, about), meaning),
    }));
    const [only] = chosen;
    if (!only || chosen.length > 1)
      return voteOnSeveral(api, chosen, event, painter(io), options.allOrNothing === true);
    const { change, choice } = only;
    if (choice.kind === 'none') return refused(choice.refusal);
    const { trigger } = choice;
    return sendEvent(api, change.id, { trigger, ...event }, painter(io), { version: change.version });
  });
}

/** A change and what the vote comes to there. */
interface Chosen {
  readonly change: Change;
  readonly choice: Decided;
}

function voteOnSeveral(
  api: Api,
  chosen: readonly Chosen[],
  event: Omit<EventBody, 'trigger'>,
  paint: Paint,
  allOrNothing: boolean,
): Result | Promise<Result> {
  for (const { change, choice } of chosen)
    if (allOrNothing && choice.refusal) return refused(ofChange(change, choice.refusal));
  return sendSeveral(api, chosen.map(askedOf), event, paint, { allOrNothing });
}

function ofChange({ key, id }: Change, refusal: Refusal): Refusal {
  return { ...refusal, message: `${key ?? id}, so none of them: ${refusal.message}` };
}

function askedOf({ change, choice }: Chosen): Asked {
  const ask = { trigger: choice.kind === 'one' ? choice.trigger : '', expected_version: change.version };
  if (choice.kind === 'one') return { change, ask };
  const { code, message: detail, accepted } = choice.refusal;
  return { change, ask, problem: { code, detail, accepted } };
}

/** The one trigger named `approve`, `…_approve` or `…_approved` (`reject` likewise) that the caller may send; what one may for another, the server knows. */
function chooseTrigger(
  change: Change,
  meaning: Vote,
  { region, hasReason, forAnother }: { region: string | undefined; hasReason: boolean; forAnother: boolean },
): Choice {
  const enabled = change.enabled ?? [];
  const candidates = enabled.filter(
    ({ trigger, from }) => means(trigger, meaning) && (region === undefined || regionOf(from) === region),
  );
  const permitted = candidates.filter(
    ({ refusal }) => forAnother || refusal === null || (hasReason && refusal.code === 'REASON_REQUIRED'),
  );
  const [first] = permitted;
  if (first) {
    const one = permitted.every(({ trigger }) => trigger === first.trigger);
    return one
      ? { kind: 'one', trigger: first.trigger, refusal: null }
      : { kind: 'several', candidates: permitted };
  }
  const [tried] = candidates;
  if (!tried?.refusal) return { kind: 'none', refusal: nothingToVote(change, meaning, region) };
  const { trigger, refusal } = tried;
  const isOne = candidates.every((each) => each.trigger === trigger);
  return isOne ? { kind: 'one', trigger, refusal } : { kind: 'none', refusal };
}

function means(trigger: string, meaning: Vote): boolean {
  const past = meaning === 'approve' ? 'approved' : 'rejected';
  return trigger === meaning || trigger.endsWith(`_${meaning}`) || trigger.endsWith(`_${past}`);
}

/** `Review.security.pending` stands in region `security`; a path without regions in none. */
function regionOf(path: string): string | undefined {
  const parts = path.split('.');
  return parts.length > 2 ? parts[1] : undefined;
}

function nothingToVote(change: Change, meaning: Vote, region: string | undefined): Refusal {
  const where = region === undefined ? '' : ` in region "${region}"`;
  const accepted = [...new Set((change.enabled ?? []).map(({ trigger }) => trigger))];
  const message = change.outcome
    ? `The change is closed (${change.outcome}); there is nothing to ${meaning}.`
    : `There is nothing to ${meaning}${where} while the change is in ${stateText(change.state)}.`;
  return { code: change.outcome ? 'CHANGE_CLOSED' : 'NOT_ENABLED', message, accepted };
}

function unambiguous(choice: Choice, meaning: Vote): Decided {
  if (choice.kind === 'several') throw ambiguous(meaning, choice.candidates);
  return choice;
}

function ambiguous(meaning: Vote, candidates: readonly EnabledTrigger[]): CountersignError {
  const choices = candidates.map(({ trigger, from }) => {
    const region = regionOf(from);
    return region === undefined ? trigger : `${trigger} (--region ${region})`;
  });
  return new CountersignError('INVALID_INPUT', `You may ${meaning} in several ways: ${choices.join(', ')}.`, {
    hint: 'Choose one with --region, or send the trigger itself with "countersign send".',
  });
}
