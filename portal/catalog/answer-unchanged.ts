import type { RequestContext } from '../http/request-context.ts';
import { matchesEtag } from './resources/byte-range.ts';

/**
 * Marks the answer with an ETag (given without quotes) and says whether the caller has it already; then the status is 304 and no
 * body is to be set.
 */
export function answerUnchanged(ctx: RequestContext, tag: string, cache_control: string): boolean {
  const etag = `"${tag}"`;
  ctx.set('etag', etag);
  ctx.set('cache-control', cache_control);
  if (!matchesEtag(ctx.get('if-none-match'), etag)) return false;
  ctx.status = 304;
  return true;
}
