/**
 * What the first screen will ask, asked before anything of the page has run: the answers come while the scripts do. Each is
 * taken once, by the token it was asked with, and is forgotten where the page does not take it soon.
 */

const KEPT_MS = 5_000;
const answers = new Map<string, Promise<Response>>();
let tellOver = () => {};

/** When the last of them was taken or forgotten: from then on what is asked is of that moment. */
export let earlyOver: Promise<void> = Promise.resolve();

/** Asks for what stands at the address of a change; other screens have one request at most, and no need of it. */
export function askEarly(pathname: string, token: string | null): void {
  const [, id] = /^\/changes\/([\w-]{36})$/.exec(pathname) ?? [];
  if (token === null || id === undefined) return;
  const ask = (path: string) => {
    const answer = fetch(path, { headers: { authorization: `Bearer ${token}` } });
    // Whoever takes it hears of a failure.
    answer.catch(() => {});
    answers.set(nameOf(path, token), answer);
    return answer;
  };
  earlyOver = new Promise((resolve) => {
    tellOver = resolve;
  });
  const change = `/v1/changes/${id}`;
  const asked = ask(change);
  ask(`${change}/transitions?limit=200`);
  ask(`${change}/reviewers`);
  ask(`${change}/estimate`);
  ask('/v1/work');
  asked
    .then((answer) => answer.clone().json())
    .then(({ definition, definition_version: version }) => {
      if (definition) ask(`/v1/definitions/${encodeURIComponent(definition)}?version=${version}`);
    })
    .catch(() => {});
  setTimeout(() => {
    // An answer that nobody has read keeps its connection.
    for (const answer of answers.values()) answer.then(({ body }) => body?.cancel()).catch(() => {});
    answers.clear();
    tellOver();
  }, KEPT_MS);
}

/** The answer to this request, where it was asked early. */
export function takeEarly(path: string, token: string | undefined): Promise<Response> | undefined {
  const name = nameOf(path, token ?? '');
  const answer = answers.get(name);
  answers.delete(name);
  if (answers.size === 0) tellOver();
  return answer;
}

const nameOf = (path: string, token: string) => `${token} ${path}`;
