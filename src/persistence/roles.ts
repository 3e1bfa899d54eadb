/**
 * Two roles: the owner migrates, `countersign_app` serves requests. The log is immutable only while the role in use
 * cannot lift its protection, so start-up checks that it is no superuser, does not bypass row security and owns nothing.
 *
 * With one DATABASE_URL, of the owner, every session of the pool becomes the restricted role at connect time
 * (`options: '-c role=countersign_app'`, the same as `set role`). That keeps mistakes and injected statements of the
 * usual kind away from the log; a login of its own for `countersign_app` is stronger, because `reset role` is then void.
 */
import type pg from 'pg';
import { CountersignError, messageOf } from '../errors.ts';

export const APP_ROLE = 'countersign_app';

/** Makes the restricted role where the cluster lacks it, and lets the migrating role become it. */
export async function ensureAppRole(client: pg.ClientBase): Promise<void> {
  try {
    const { rows } = await client.query(
      `select exists (select from pg_roles where rolname = $1) as there,
              (select rolsuper from pg_roles where rolname = current_user) as super`,
      [APP_ROLE],
    );
    // Roles belong to the whole cluster: another database's start-up may be making this one right now.
    if (!rows[0].there) await client.query(`create role ${APP_ROLE} nologin`).catch(ignoreDuplicate);
    if (rows[0].super) return;
    const member = await client.query(`select pg_has_role(current_user, $1, 'member') as member`, [APP_ROLE]);
    if (!member.rows[0].member) await client.query(`grant ${APP_ROLE} to current_user`);
  } catch (cause) {
    throw new CountersignError('ROLE_UNSAFE', `The role "${APP_ROLE}" cannot be made: ${messageOf(cause)}`, {
      cause,
      hint: `Run once as a superuser: create role ${APP_ROLE} nologin; grant ${APP_ROLE} to <the role of DATABASE_URL>;`,
    });
  }
}

function ignoreDuplicate(error: unknown): void {
  const code = (error as { code?: string }).code;
  if (code !== '42710' && code !== '23505') throw error;
}

/** Throws ROLE_UNSAFE where the role of this session could rewrite the log. */
export async function checkRole(client: pg.ClientBase | pg.Pool): Promise<void> {
  const { rows } = await client.query(
    `select current_user as role, rolsuper as super, rolbypassrls as bypass,
            exists (select from pg_class where relnamespace = 'countersign'::regnamespace
                    and pg_has_role(current_user, relowner, 'usage')) as owner,
            has_table_privilege('countersign.workflow_transitions', 'update, delete, truncate') as rewrites
     from pg_roles where rolname = current_user`,
  );
  const { role, super: isSuper, bypass, owner, rewrites } = rows[0];
  const powers = [
    isSuper && 'is a superuser',
    bypass && 'bypasses row-level security',
    owner && 'owns the tables',
    rewrites && 'may rewrite the transition log',
  ].filter((power) => typeof power === 'string');
  if (powers.length > 0)
    throw new CountersignError('ROLE_UNSAFE', `The database role "${role}" ${powers.join(', ')}`);
}
