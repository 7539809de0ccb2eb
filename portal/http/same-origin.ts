import { equalBytes } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Session } from '../parties/find-session.ts';
import { requireSession } from './caller-of.ts';
import type { RequestContext } from './request-context.ts';

/**
 * Refuses with `forbidden` a form that was not posted from a page of this portal: Origin must be ours; where a browser sends none,
 * Sec-Fetch-Site must say same-origin. For forms without a session, such as signing in.
 */
export function requireSameOrigin(ctx: RequestContext): void {
  const origin = ctx.get('origin');
  const same = origin === '' ? ctx.get('sec-fetch-site') === 'same-origin' : origin === ctx.state.portal.config.public_origin;
  if (!same) throw new PortalError('forbidden', 'This form was not sent from a page of this portal. Open the page again and retry.', { reason: 'cross_site' });
}

/**
 * Refuses with `forbidden` a form that was not sent from a page of this session: `requireSameOrigin`, then the session's token in
 * the field `csrf_token`. Gives the session. `unauthenticated` without one.
 */
export async function requireCsrf(ctx: RequestContext, fields: Readonly<Record<string, string>>): Promise<Session> {
  requireSameOrigin(ctx);
  const session = await requireSession(ctx);
  const given = Buffer.from(fields['csrf_token'] ?? '');
  if (!equalBytes(given, Buffer.from(session.csrf_token))) {
    throw new PortalError('forbidden', 'This form is no longer valid. Open the page again and retry.', { reason: 'csrf' });
  }
  return session;
}
