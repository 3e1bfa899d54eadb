/** What travels on the bus: who speaks, and how far which streams have come. Small enough for a NOTIFY of PostgreSQL. */
import { TENANT_NAME } from '../token.ts';

/** The channel of both adapters. */
export const CHANNEL = 'countersign_streams';

/** What stands for the list of revoked tokens among the streams; no tenant can have this name. */
export const REVOCATIONS = '!revocations';

/** PostgreSQL takes payloads shorter than 8,000 bytes. Tenant names are ASCII, so characters are bytes. */
const MAX_CHARS = 7_900;
/** A name, its quotes, a colon, the longest position, a comma. */
const OVERHEAD_CHARS = 20;

export interface Notice {
  readonly from: string;
  readonly reached: ReadonlyMap<string, number>;
}

/** The messages that say all of `reached`; more than one only where there are very many tenants. */
export function encodeNotices(from: string, reached: ReadonlyMap<string, number>): string[] {
  const texts: string[] = [];
  let part: [string, number][] = [];
  let chars = 0;
  const finish = () => {
    if (part.length > 0) texts.push(JSON.stringify({ from, reached: Object.fromEntries(part) }));
    part = [];
    chars = from.length + 30;
  };
  finish();
  for (const [tenant, seq] of reached) {
    const more = tenant.length + OVERHEAD_CHARS;
    if (chars + more > MAX_CHARS) finish();
    chars += more;
    part.push([tenant, seq]);
  }
  finish();
  return texts;
}

/** Undefined for anything that is no notice: others may write to the channel too. */
export function decodeNotice(text: string): Notice | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(document) || typeof document.from !== 'string' || !isObject(document.reached))
    return undefined;
  const entries = Object.entries(document.reached).filter(
    (entry): entry is [string, number] =>
      (entry[0] === REVOCATIONS || TENANT_NAME.test(entry[0])) &&
      Number.isSafeInteger(entry[1]) &&
      Number(entry[1]) > 0,
  );
  return { from: document.from, reached: new Map(entries) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
