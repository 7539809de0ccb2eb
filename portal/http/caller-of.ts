import type { Scope } from '#catalog-schema';
import { PortalError } from '../errors.ts';
import { findCaller } from '../parties/find-caller.ts';
import { findSession, type Session } from '../parties/find-session.ts';
import type { Caller } from '../portal.ts';
import { requireScope } from '../require-scope.ts';
import { readSessionCookie } from './cookies.ts';
import { hasBody, readJson } from './request-body.ts';
import { type RequestContext, shortAddress } from './request-context.ts';

/**
 * Who calls this JSON route: a node or a consumer whose signature holds, or nobody in particular when the call is not signed.
 * A JSON body is read, compared with its digest and the nonce spent before this resolves; a streamed body (`receiveBody`) settles
 * both at its end. Refuses with `unauthenticated`, for one reason or another: all look alike. Once per request.
 * `node_json_bytes` is how much JSON a node may send here; everybody else, the configured limit.
 */
export function callerOf(ctx: RequestContext, o: { node_json_bytes?: number } = {}): Promise<Caller> {
  ctx.state.caller ??= identify(ctx, o.node_json_bytes);
  return ctx.state.caller;
}

/** The calling node, or `unauthenticated`; `node_json_bytes` as with `callerOf`. */
export async function requireNode(ctx: RequestContext, o: { node_json_bytes?: number } = {}): Promise<Extract<Caller, { kind: 'node' }>> {
  const caller = await callerOf(ctx, o);
  if (caller.kind !== 'node') throw new PortalError('unauthenticated', 'Sign this call with the key of a node.');
  return caller;
}

/** As `callerOf`; an application needs one of these scopes, else `forbidden` (`scope`). */
export async function callerWith(ctx: RequestContext, scopes: readonly Scope[]): Promise<Caller> {
  const caller = await callerOf(ctx);
  requireScope(caller, scopes);
  return caller;
}

/** The calling consumer, or `unauthenticated`; an application needs one of these scopes, and without any given is refused: `forbidden` (`scope`). */
export async function requireConsumer(ctx: RequestContext, scopes: readonly Scope[] = []): Promise<Extract<Caller, { kind: 'consumer' }>> {
  const caller = await callerWith(ctx, scopes);
  if (caller.kind !== 'consumer') throw new PortalError('unauthenticated', 'Sign this call with a key of a registered consumer.');
  return caller;
}

/** The session of the person behind this page, or undefined. Once per request. */
export function sessionOf(ctx: RequestContext): Promise<Session | undefined> {
  ctx.state.session ??= loadSession(ctx);
  return ctx.state.session;
}

/** The session of the person behind this page, or `unauthenticated`: the page asks to sign in. */
export async function requireSession(ctx: RequestContext): Promise<Session> {
  const session = await sessionOf(ctx);
  if (session === undefined) throw new PortalError('unauthenticated', 'Sign in first.', { reason: 'sign_in' });
  return session;
}

async function loadSession(ctx: RequestContext): Promise<Session | undefined> {
  const token = readSessionCookie(ctx);
  return token === undefined ? undefined : findSession(ctx.state.portal, token);
}

async function identify(ctx: RequestContext, node_json_bytes: number | undefined): Promise<Caller> {
  if (ctx.headers['signature'] === undefined && ctx.headers['signature-input'] === undefined) return { kind: 'anonymous' };
  const with_body = hasBody(ctx);
  const found = await findCaller(ctx.state.portal, {
    method: ctx.method,
    target: ctx.req.url ?? '',
    headers: ctx.headers,
    has_body: with_body,
    address: shortAddress(ctx.ip),
  });
  if (found.pending !== undefined) {
    ctx.state.pending_call = found.pending;
    // Small bodies are settled here, so that no route can act on a call whose body is not the signed one.
    if (!ctx.get('content-type').toLowerCase().startsWith('application/octet-stream')) await readJson(ctx, found.caller.kind === 'node' ? node_json_bytes : undefined);
  }
  return found.caller;
}
