/**
 * Revocations in PostgreSQL. Their numbers have no gaps and are in commit order, without a lock: two who take the same number
 * meet in the primary key, the second waits there for the first and takes the next one.
 */
import type pg from 'pg';
import { CountersignError } from '../errors.ts';
import { query, read } from './pools.ts';
import {
  MAX_REVOCATIONS,
  type NewRevocation,
  type RevocationRecord,
  type RevocationStore,
} from './revocation-records.ts';
import { ms } from './rows.ts';

export function revocationsIn(writers: pg.Pool, readers: pg.Pool): RevocationStore {
  return {
    add: (revocation) => add(writers, revocation),
    since: (after, now, limit) =>
      read<Columns>(
        readers,
        'reading revocations',
        `select ${COLUMNS} from countersign.revocations
         where seq > $1 and (ends_at is null or ends_at > to_timestamp($2::float8 / 1000)) order by seq limit $3`,
        [after, now, limit],
      ),
    list: (tenant, { before = Number.MAX_SAFE_INTEGER, limit }) =>
      read<Columns>(
        readers,
        'listing revocations',
        `select ${COLUMNS} from countersign.revocations
         where tenant_id = $1 and seq < $2 order by seq desc limit $3`,
        [tenant, before, limit],
      ),
  };
}

type Columns = RevocationRecord & pg.QueryResultRow;

const COLUMNS = `seq, tenant_id as tenant, token_id as "tokenId", principal, ${ms('issued_before')} as "issuedBefore",
  ${ms('ends_at')} as "endsAt", reason, revoked_by as "revokedBy", ${ms('revoked_at')} as "revokedAt"`;

async function add(pool: pg.Pool, revocation: NewRevocation): Promise<RevocationRecord> {
  const { tenant, tokenId, principal, issuedBefore, endsAt, reason, revokedBy } = revocation;
  for (;;) {
    const rows = await query<Columns>(
      pool,
      'revoking tokens',
      `insert into countersign.revocations
         (seq, tenant_id, token_id, principal, issued_before, ends_at, reason, revoked_by)
       select (select coalesce(max(seq), 0) + 1 from countersign.revocations), t.tenant_id, $2, $3,
         to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000), $6, $7
       from countersign.tenants t
       where t.tenant_id = $1 and (select count(*) from countersign.revocations
         where tenant_id = $1 and (ends_at is null or ends_at > now())) < ${MAX_REVOCATIONS}
       on conflict (seq) do nothing
       returning ${COLUMNS}`,
      [tenant, tokenId, principal, issuedBefore, endsAt, reason, revokedBy],
    );
    const [row] = rows;
    if (row) return row;
    await requireRoom(pool, tenant);
  }
}

/** Where there is room, somebody else took the number. */
async function requireRoom(pool: pg.Pool, tenant: string): Promise<void> {
  const [row] = await query<{ there: boolean; count: number }>(
    pool,
    'counting revocations',
    `select exists (select from countersign.tenants where tenant_id = $1) as there, (select count(*)
       from countersign.revocations where tenant_id = $1 and (ends_at is null or ends_at > now())) as count`,
    [tenant],
  );
  if (!row?.there) throw new CountersignError('NOT_FOUND', `There is no tenant "${tenant}".`);
  if (row.count < MAX_REVOCATIONS) return;
  const message = `Tenant "${tenant}" has ${MAX_REVOCATIONS} revocations that still count; no further one fits.`;
  const hint = 'Say when tokens expire ("until"), or change the key that the identity provider signs with.';
  throw new CountersignError('INVALID_INPUT', message, { hint });
}
