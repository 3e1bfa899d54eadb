/** Delegations: written once, revoked once, read by whom they were given to. */
import type pg from 'pg';
import { query, read } from './pools.ts';
import type { DelegationFilter, DelegationRecord } from './records.ts';
import { ms } from './rows.ts';

export async function saveDelegation(pool: pg.Pool, delegation: DelegationRecord): Promise<void> {
  const { tenant, id, from, to, roles, project, startsAt, endsAt, reason, revokedAt } = delegation;
  await query(
    pool,
    'saving a delegation',
    `insert into countersign.delegations
       (tenant_id, delegation_id, from_principal, to_principal, roles, project, starts_at, ends_at, reason, revoked_at)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), to_timestamp($8::float8 / 1000), $9,
       to_timestamp($10::float8 / 1000))`,
    [tenant, id, from, to, [...roles], project, startsAt, endsAt, reason, revokedAt],
  );
}

export async function findDelegation(
  pool: pg.Pool,
  tenant: string,
  id: string,
): Promise<DelegationRecord | undefined> {
  const [row] = await read<Columns>(
    pool,
    'reading a delegation',
    `select ${COLUMNS} from countersign.delegations where tenant_id = $1 and delegation_id = $2`,
    [tenant, id],
  );
  return row;
}

export async function findDelegations(
  pool: pg.Pool,
  tenant: string,
  { party, from, to, openAt }: DelegationFilter,
  { before, limit }: { before?: string; limit: number },
): Promise<DelegationRecord[]> {
  // Parts that are null filter nothing: the planner, which sees the values, drops them.
  return read<Columns>(
    pool,
    'listing delegations',
    `select ${COLUMNS} from countersign.delegations
     where tenant_id = $1 and ($2::text is null or from_principal = $2 or to_principal = $2)
       and ($3::text is null or from_principal = $3) and ($4::text is null or to_principal = $4)
       and ($5::float8 is null or (revoked_at is null and ends_at > to_timestamp($5::float8 / 1000)))
       and ($6::text is null or delegation_id < $6)
     order by delegation_id desc limit $7`,
    [tenant, party ?? null, from ?? null, to ?? null, openAt ?? null, before ?? null, limit],
  );
}

export async function revokeDelegation(
  pool: pg.Pool,
  tenant: string,
  id: string,
  at: number,
): Promise<boolean> {
  const rows = await query(
    pool,
    'revoking a delegation',
    `update countersign.delegations set revoked_at = to_timestamp($3::float8 / 1000)
     where tenant_id = $1 and delegation_id = $2 and revoked_at is null returning delegation_id`,
    [tenant, id, at],
  );
  return rows.length > 0;
}

type Columns = DelegationRecord & pg.QueryResultRow;

const COLUMNS = `tenant_id as tenant, delegation_id as id, from_principal as "from", to_principal as "to", roles,
  project, ${ms('starts_at')} as "startsAt", ${ms('ends_at')} as "endsAt", reason, ${ms('revoked_at')} as "revokedAt"`;
