/** Revoked tokens, and readers that owe acknowledgements, as the server sends them. */

export interface OverdueReader {
  readonly principal: string;
  readonly reader: string;
  readonly stream: string;
  readonly acknowledged: number;
  readonly acknowledged_at: string;
  readonly unacknowledged: number;
  readonly oldest: { readonly seq: number; readonly recorded_at: string } | null;
}

export interface Revocation {
  readonly token_id: string | null;
  readonly principal: string | null;
  readonly issued_before: string | null;
  readonly until: string | null;
  readonly reason: string;
  readonly revoked_by: string;
  readonly revoked_at: string;
}
