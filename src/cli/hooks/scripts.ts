/**
 * The hooks as scripts for `sh`. They start no Node but where a server is asked, and what a repository contains reaches a
 * command only as the value of a quoted variable or on its standard input.
 */

/** By which a hook of ours is known, so that it may be replaced. */
export const MARK = '# Written by "countersign hook install".';

export type HookName = 'commit-msg' | 'post-commit' | 'pre-push' | 'pre-receive' | 'post-receive';

const HEAD = `#!/bin/sh\n${MARK}`;

/** After Gerrit's hook of the same name: the id is a digest of who, when, and what is committed. */
const COMMIT_MSG = `${HEAD}
# Gives each commit a Change-Id: the name of its change, which stays when the commit is amended or rebased.
set -u
test $# -eq 1 && test -f "$1" || { echo "commit-msg: the file of the message is not there" >&2; exit 1; }
# An empty message ends the commit; a trailer would save it.
test -n "$(git stripspace --strip-comments < "$1" | head -c 1)" || exit 0
# These are squashed into another commit, which has a Change-Id of its own.
case "$(head -n 1 "$1")" in 'fixup! '*|'squash! '*|'amend! '*) exit 0 ;; esac
git interpret-trailers --parse --no-divider < "$1" | grep -qi '^change-id:' && exit 0
id=$({ git var GIT_COMMITTER_IDENT; git var GIT_AUTHOR_IDENT; git write-tree; cat "$1"; } | git hash-object --stdin | cut -c 1-40)
git -c trailer.separators=: interpret-trailers --in-place --no-divider --trailer "Change-Id: I$id" "$1"
`;

/** Keeps what was pushed for review and gives the name free again, so that the next push makes it anew. */
const POST_RECEIVE = `${HEAD}
# refs/for/BRANCH is where commits are pushed for review. They are kept under refs/countersign/, the name is free again.
while read -r old new ref; do
  case "$ref" in
    refs/for/*)
      case "$new" in *[!0]*)
        git update-ref "refs/countersign/$new" "$new" && git update-ref -d "$ref" "$new" ;;
      esac ;;
  esac
done
exit 0
`;

/** The script. `command` runs this program; `options` are passed to every command that asks a server. */
export function scriptOf(name: HookName, command: readonly string[], options: readonly string[]): string {
  const run = (...words: string[]) => [...command, ...words, ...options].map(quoted).join(' ');
  switch (name) {
    case 'commit-msg':
      return COMMIT_MSG;
    case 'post-receive':
      return POST_RECEIVE;
    case 'post-commit':
      return `${HEAD}\n# A commit is made whether or not the server can be told.\n${run('record', '--no-rewrite')} || :\n`;
    case 'pre-push':
      return `${HEAD}\n# "git push --no-verify" goes without.\ncat > /dev/null\nexec ${run('record', '--no-rewrite')}\n`;
    case 'pre-receive':
      return `${HEAD}\nexec ${run('hook', 'receive')}\n`;
  }
}

/** For `sh`: nothing in single quotes means anything but a single quote. */
export function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
