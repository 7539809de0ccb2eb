import { ClientError } from '../errors.ts';

/** The refusal of a portal that did not answer, or stopped answering. */
export function portalAway(portal_url: string, cause: unknown): ClientError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = inner instanceof Error ? ('code' in inner && typeof inner.code === 'string' ? inner.code : inner.message || inner.name) : 'unknown';
  return new ClientError('portal_away', `${portal_url} does not answer (${why}).`, { cause, reason: why, facts: { portal: portal_url, why } });
}
