/** What a verified token says: who it is of, which token it is, and for how long. */
import type { Principal } from '../actors/commands.ts';

export interface Identity {
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The token's claim `jti`. */
  readonly tokenId?: string;
  /** Milliseconds since the epoch; 0 where the token does not say: it is taken for an old one. */
  readonly issuedAt: number;
}
