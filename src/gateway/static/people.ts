/**
 * Whom a development server offers at its sign-in page: a few people of its one tenant, each with a token. Answered only on
 * a server that was started for development, only to this machine, and only under a name of this machine: a page of another
 * host whose name was made to point here gets nothing.
 */
import { jsonResponse } from '../response.ts';
import { mintToken } from '../token.ts';
import type { Peer } from '../transport.ts';

export interface Person {
  readonly principal: string;
  readonly about: string;
  readonly roles: readonly string[];
  readonly token: string;
}

export type People = () => Promise<readonly Person[]>;

const HOURS_12 = 12 * 3600;
const LOCAL_PEER = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/;
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

export async function peopleAnswer(
  request: Request,
  peer: Peer,
  people: People,
): Promise<Response | undefined> {
  const site = request.headers.get('sec-fetch-site');
  const isOurs = site === null || site === 'same-origin' || site === 'none';
  const isLocal = LOCAL_PEER.test(peer.address) && LOCAL_HOST.test(request.headers.get('host') ?? '');
  if (!isLocal || !isOurs) return undefined;
  return jsonResponse(200, { people: await people() }, { 'cache-control': 'no-store' });
}

/** One for everything, and three colleagues who may do all that a workflow asks for, so that four eyes can be tried out. */
export function developmentPeople(
  key: Uint8Array,
  tenant: string,
  roles: () => Promise<readonly string[]>,
  offices: readonly string[],
  expected: { readonly issuer?: string; readonly audience?: string } = {},
): People {
  return async () => {
    const known = await roles();
    const all = [
      {
        principal: 'developer',
        about: 'holds every role and runs the server',
        roles: [...offices, ...known],
      },
      { principal: 'ada', about: 'holds every role of the workflows', roles: known },
      { principal: 'rita', about: 'holds every role of the workflows', roles: known },
      { principal: 'rob', about: 'holds every role of the workflows', roles: known },
    ];
    return Promise.all(
      all.map(async (each) => {
        const claims = { sub: each.principal, tenant, kind: 'person', roles: [...each.roles] } as const;
        return { ...each, token: await mintToken(key, claims, HOURS_12, expected) };
      }),
    );
  };
}
