import { createHash } from 'node:crypto';
import { CryptoError, parseStrictJson } from '#crypto';
import { PortalError } from '../errors.ts';
import { settleCall } from '../parties/find-caller.ts';
import type { RequestContext } from './request-context.ts';

const FORM_MAX_BYTES = 64 * 1024;

/** A body that is read as it arrives. */
export interface ReceivedBody {
  /** Bytes announced by Content-Length, which HTTP guarantees. */
  size: number;
  /**
   * The bytes, once. When the call is signed, the end of the iteration checks the digest and the nonce: what was written before
   * may be kept only if the iteration ended without an error.
   */
  source: AsyncIterable<Uint8Array>;
}

/** Whether the message carries a body, however announced. */
export function hasBody(ctx: RequestContext): boolean {
  const length = ctx.get('content-length');
  return ctx.get('transfer-encoding') !== '' || (length !== '' && length !== '0');
}

/**
 * The JSON value of the request's body: `application/json`, at most `max_bytes` (the configured limit unless told), strict.
 * Refuses with `unsupported_media_type`, `too_large`, `bad_request` (reason: what `parseStrictJson` says), `unauthenticated`.
 */
export async function readJson(ctx: RequestContext, max_bytes: number = ctx.state.portal.config.limits.json_bytes): Promise<unknown> {
  requireMediaType(ctx, 'application/json');
  const bytes = await readWhole(ctx, max_bytes);
  if (ctx.state.pending_call !== undefined) await settle(ctx, createHash('sha256').update(bytes).digest());
  try {
    return parseStrictJson(bytes, { maxBytes: max_bytes });
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new PortalError(cause.code === 'too_large' ? 'too_large' : 'bad_request', `The body is not JSON that can be accepted: ${cause.detail}.`, { reason: cause.code, cause });
  }
}

/**
 * The fields of a posted form (`application/x-www-form-urlencoded`, at most 64 KiB). Only the names `allowed` and `csrf_token`,
 * each at most once, or `bad_request`; a field that is absent is absent from the record.
 */
export async function readForm(ctx: RequestContext, allowed: readonly string[]): Promise<Record<string, string>> {
  requireMediaType(ctx, 'application/x-www-form-urlencoded');
  const bytes = await readWhole(ctx, FORM_MAX_BYTES);
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(Buffer.from(bytes).toString('utf8'))) {
    if (name !== 'csrf_token' && !allowed.includes(name)) throw new PortalError('bad_request', `The form has no field ${JSON.stringify(name.slice(0, 80))}.`, { reason: 'unknown_field' });
    if (Object.hasOwn(fields, name)) throw new PortalError('bad_request', `The field ${name} was sent twice.`, { reason: 'repeated_field' });
    fields[name] = value;
  }
  return fields;
}

/**
 * The body as a stream of at most `max_bytes` bytes of one media type. Refuses with `length_required`, `too_large`,
 * `unsupported_media_type`; the iteration fails with `bad_request` (cut short) or `unauthenticated`.
 */
export function receiveBody(ctx: RequestContext, o: { media_type: string; max_bytes: number }): ReceivedBody {
  requireMediaType(ctx, o.media_type);
  const length = ctx.get('content-length');
  if (!/^[0-9]{1,15}$/.test(length)) throw new PortalError('length_required', 'Send the size of the body in Content-Length.');
  const size = Number(length);
  if (size > o.max_bytes) throw tooLarge(ctx, o.max_bytes);
  return { size, source: checkedBytes(ctx, o.max_bytes) };
}

/** Reads the whole body, once per request, without trusting the announced length. */
export function readWhole(ctx: RequestContext, max_bytes: number): Promise<Uint8Array> {
  ctx.state.body ??= collect(ctx, max_bytes);
  return ctx.state.body;
}

async function collect(ctx: RequestContext, max_bytes: number): Promise<Uint8Array> {
  if (Number(ctx.get('content-length') || 0) > max_bytes) throw tooLarge(ctx, max_bytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of limitedBytes(ctx, max_bytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* checkedBytes(ctx: RequestContext, max_bytes: number): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of limitedBytes(ctx, max_bytes)) {
    hash.update(chunk);
    yield chunk;
  }
  if (ctx.state.pending_call !== undefined) await settle(ctx, hash.digest());
}

async function* limitedBytes(ctx: RequestContext, max_bytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of ctx.req) {
      if (!(chunk instanceof Uint8Array)) continue;
      size += chunk.length;
      if (size > max_bytes) throw tooLarge(ctx, max_bytes);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET') throw new PortalError('bad_request', 'The body ended before its announced size.', { reason: 'truncated', cause });
    throw cause;
  }
}

async function settle(ctx: RequestContext, body_sha256: Uint8Array): Promise<void> {
  const pending = ctx.state.pending_call;
  if (pending === undefined) return;
  delete ctx.state.pending_call;
  await settleCall(ctx.state.portal, pending, body_sha256);
}

function requireMediaType(ctx: RequestContext, expected: string): void {
  const [media_type = '', ...parameters] = ctx.get('content-type').split(';').map((part) => part.trim().toLowerCase());
  const harmless = parameters.every((parameter) => parameter === 'charset=utf-8' || parameter === 'charset="utf-8"');
  if (media_type !== expected || !harmless) throw new PortalError('unsupported_media_type', `Send ${expected}.`);
  // A compressed body would hide its size from every limit.
  if (ctx.get('content-encoding') !== '') throw new PortalError('unsupported_media_type', 'Send the body without Content-Encoding.');
}

function tooLarge(ctx: RequestContext, max_bytes: number): PortalError {
  // The rest of the body is not worth reading.
  ctx.set('connection', 'close');
  return new PortalError('too_large', `The body is larger than ${max_bytes} bytes.`);
}
