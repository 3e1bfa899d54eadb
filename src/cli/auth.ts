/** What tokens are verified with, as the configuration says. */
import type { Config } from '../config.ts';
import type { AuthConfig } from '../gateway/authenticate.ts';

/** Undefined where no key is configured at all. */
export function authOf(config: Config, developmentKey?: Uint8Array): AuthConfig | undefined {
  const { COUNTERSIGN_JWT_KEY: text, COUNTERSIGN_JWKS: jwks } = config;
  const { COUNTERSIGN_JWT_ISSUER: issuer, COUNTERSIGN_JWT_AUDIENCE: audience } = config;
  const key = text === null ? developmentKey : new TextEncoder().encode(text);
  if (key === undefined && jwks === null) return undefined;
  return {
    ...(key && { key }),
    ...(jwks !== null && { jwks }),
    ...(issuer !== null && { issuer }),
    ...(audience !== null && { audience }),
  };
}
