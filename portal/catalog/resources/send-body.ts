import { Readable } from 'node:stream';
import type { RequestContext } from '../../http/request-context.ts';
import { PortalError } from '../../errors.ts';
import { FileBytes } from '../../storage/file-bytes.ts';
import { matchesEtag, readRange } from './byte-range.ts';
import { attachment } from './content-disposition.ts';
import type { OpenedBody } from './open-body-stream.ts';

/**
 * Answers with a body or the range of it that is asked for (RFC 9110 §13-14): 200, 206, 304, or `range_not_satisfiable`. The ETag is
 * the root, so a client resumes and checks against any mirror. Always an attachment: nothing of a producer's is shown as a page of ours.
 */
export async function sendBody(ctx: RequestContext, { file, read }: OpenedBody): Promise<void> {
  const etag = `"${file.root}"`;
  const sealed = file.epoch !== null;
  ctx.set('etag', etag);
  ctx.set('accept-ranges', 'bytes');
  ctx.set('cache-control', sealed ? 'private, no-store' : 'public, max-age=300');
  if (matchesEtag(ctx.get('if-none-match'), etag)) {
    ctx.status = 304;
    return;
  }
  ctx.set('x-content-type-options', 'nosniff');
  // A reader that shows an attachment all the same shows it without scripts, and not as one of our origin.
  ctx.set('content-security-policy', "default-src 'none'; sandbox");
  ctx.set('content-disposition', sealed ? 'attachment' : attachment(file.name));
  const if_range = ctx.get('if-range');
  const range = if_range === '' || if_range === etag ? readRange(ctx.get('range'), file.body_size) : undefined;
  if (range === 'unsatisfiable') {
    ctx.set('content-range', `bytes */${file.body_size}`);
    throw new PortalError('range_not_satisfiable', `This body has ${file.body_size} bytes.`);
  }
  const { start, end } = range ?? { start: 0, end: file.body_size };
  ctx.status = range === undefined ? 200 : 206;
  if (range !== undefined) ctx.set('content-range', `bytes ${start}-${end - 1}/${file.body_size}`);
  const bytes = ctx.method === 'HEAD' ? undefined : await read(start, end);
  if (bytes !== undefined && !(bytes instanceof FileBytes)) ctx.body = bytes instanceof Readable ? bytes : Readable.from(bytes, { objectMode: false });
  // After the body: a stream makes Koa forget length and type.
  ctx.set('content-type', sealed ? 'application/octet-stream' : file.media_type);
  ctx.set('content-length', String(end - start));
  if (bytes instanceof FileBytes) await sendFile(ctx, bytes);
}

// Past Koa, which would read the file as a stream. An answer that breaks off midway can only be cut: its length was promised.
async function sendFile(ctx: RequestContext, bytes: FileBytes): Promise<void> {
  ctx.respond = false;
  try {
    await bytes.sendTo(ctx.res);
    ctx.res.end();
  } catch (error) {
    ctx.res.destroy();
    ctx.app.emit('error', error, ctx);
  }
}
