/** A request that nobody decided, or that got no key, ends this long after it was made. */
export const UNDECIDED_SECONDS = 180 * 24 * 3600;

/** Name, address and text of a request are erased this long after it was refused, withdrawn or expired, or after its access ended. */
export const KEPT_SECONDS = 365 * 24 * 3600;

/** When a request that is still open ends by itself. */
export function endsUndecided({ created_at }: { created_at: Date }): Date {
  return new Date(created_at.getTime() + UNDECIDED_SECONDS * 1000);
}
