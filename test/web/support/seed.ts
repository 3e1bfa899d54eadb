/** A small company at work, told through the API: what the screens of the tests and of the pictures show. */
import { readFileSync } from 'node:fs';
import { catalog } from '../../../src/machines/catalog/index.ts';

export type Names = 'developer' | 'ada' | 'rita' | 'rob';
export type Tokens = Readonly<Record<Names, string>>;

/** The tokens that a development server offers. */
export async function tokensOf(url: string): Promise<Tokens> {
  const { people } = (await (await fetch(`${url}/dev/people.json`)).json()) as {
    people: { principal: Names; token: string }[];
  };
  return Object.fromEntries(people.map(({ principal, token }) => [principal, token])) as unknown as Tokens;
}

const EXAMPLE = new URL('../../../examples/release-approval.json', import.meta.url);

export class Company {
  readonly #url: string;
  readonly #tokens: Tokens;

  constructor(url: string, tokens: Tokens) {
    this.#url = url;
    this.#tokens = tokens;
  }

  /** The document of an answer; throws where the API said no. */
  async ask(who: Names, path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') {
    const headers = { authorization: `Bearer ${this.#tokens[who]}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(this.#url + path, { method, headers, ...sent });
    const document = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(document)}`);
    return document;
  }

  async deploy(): Promise<void> {
    const example: unknown = JSON.parse(readFileSync(EXAMPLE, 'utf8'));
    for (const definition of [example, catalog.EnterpriseApproval, catalog.ParallelReview]) {
      await this.ask('developer', '/v1/definitions', { definition });
    }
  }

  async propose(who: Names, definition: string, title: string, more: Readonly<Record<string, unknown>> = {}) {
    const { id } = await this.ask(who, '/v1/changes', { definition, project: 'shop', title, ...more });
    return String(id);
  }

  async send(
    who: Names,
    change: string,
    trigger: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.ask(who, `/v1/changes/${change}/events`, { trigger, ...more });
  }

  /** A revision with its content, as the recorder of a repository brings it in. */
  async revise(change: string, number: number, diff: string, data: Readonly<Record<string, unknown>> = {}) {
    const files = [...diff.matchAll(/^diff --git a\/(\S+)/gm)].map((match) => match[1]);
    await this.send('developer', change, 'change.revise', {
      as: { id: 'ada', kind: 'person' },
      data: { files, lines: diff.split('\n').length, ...data },
    });
    await this.ask('developer', `/v1/changes/${change}/revisions/${number}/diff`, { diff }, 'PUT');
  }
}

export const DIFF = `diff --git a/src/session.ts b/src/session.ts
index 1111111..2222222 100644
--- a/src/session.ts
+++ b/src/session.ts
@@ -12,9 +12,13 @@ export function open(token: string): Session {
   const claims = verify(token);
   if (claims === null) return refuse('The token is not valid.');
   const session = sessions.get(claims.sid);
-  if (session) return session;
-  return start(claims);
+  if (session !== undefined && session.expiresAt > now()) return session;
+  // An expired session is closed before a new one takes its place.
+  if (session !== undefined) close(session);
+  return start(claims, { expiresAt: now() + LIFETIME_MS });
 }
 
+const LIFETIME_MS = 8 * 3_600_000;
+
 export function close(session: Session): void {
   sessions.delete(session.id);
diff --git a/docs/sessions.md b/docs/sessions.md
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ b/docs/sessions.md
@@ -0,0 +1,3 @@
+# Sessions
+
+A session ends after eight hours, or when its owner signs out.
`;

/** What `fill` made, by what a screen wants to show of it. */
export interface Filled {
  /** In code review, with a vote, a thread, content, and a dependency. */
  readonly sessions: string;
  readonly release: string;
}

export async function fill(company: Company): Promise<Filled> {
  await company.deploy();
  const tokens = await company.propose('ada', 'EnterpriseApproval', 'Tokens are signed with the new key', {
    key: 'SHOP-101',
    attributes: { risk: 'high' },
  });
  await company.send('ada', tokens, 'submit');
  await company.send('rita', tokens, 'security_approve', { reason: 'The key is kept where it should be.' });
  const sessions = await company.propose('ada', 'EnterpriseApproval', 'Sessions end after eight hours', {
    key: 'SHOP-102',
    attributes: { risk: 'medium' },
  });
  await company.send('ada', sessions, 'submit');
  await company.revise(sessions, 1, DIFF, {
    dependencies: [{ on: 'SHOP-101', kind: 'declared', rule: 'said-so' }],
  });
  await company.send('rita', sessions, 'security_approve', { reason: 'Shorter is safer.' });
  await company.send('rita', sessions, 'code_approve');
  await company.send('rob', sessions, 'thread.open', {
    data: {
      thread: 'lifetime',
      text: 'Should this not be a setting?',
      file: 'src/session.ts',
      line: 22,
      revision: 1,
    },
  });
  await company.send('ada', sessions, 'thread.comment', {
    data: { thread: 'lifetime', text: 'Not yet: nobody has asked for another value.' },
  });
  const page = await company.propose('rob', 'EnterpriseApproval', 'The account page lists open sessions', {
    key: 'SHOP-103',
  });
  await company.send('rob', page, 'change.depend', {
    data: { dependencies: [{ on: 'SHOP-102', kind: 'declared', rule: 'said-so' }] },
  });
  await company.send('rob', page, 'submit');
  const release = await company.propose('ada', 'ReleaseApproval', 'Release 4.2', { key: 'REL-42' });
  await company.send('ada', release, 'submit');
  await company.send('rita', release, 'security_approve', { reason: 'All findings are closed.' });
  await closed(company);
  return { sessions, release };
}

async function closed(company: Company): Promise<void> {
  const old = await company.propose('rob', 'ReleaseApproval', 'Release 4.1', { key: 'REL-41' });
  await company.send('rob', old, 'submit');
  await company.send('rita', old, 'security_approve');
  await company.send('ada', old, 'quality_approve');
  await company.send('rita', old, 'apply');
  const refused = await company.propose('ada', 'ParallelReview', 'A cache in front of the price service');
  await company.send('ada', refused, 'submit');
  await company.send('rita', refused, 'security_reject', { reason: 'Prices of one customer reach another.' });
  const draft = await company.propose('rita', 'ParallelReview', 'Payments are retried twice');
  await company.send('rita', draft, 'submit');
  await company.propose('rob', 'ReleaseApproval', 'Release 4.3');
}
