import Router from '@koa/router';
import type Koa from 'koa';
import type { Caller, Portal } from '../portal.ts';
import type { Session } from '../parties/find-session.ts';
import type { PendingCall } from '../parties/find-caller.ts';

/** What the portal knows about one request; `ctx.state` of every route and page. */
export interface RequestState {
  portal: Portal;
  /** Given to the caller in `x-request-id` and in every problem, and to the log. */
  request_id: string;
  /** Found at the first `callerOf`, once. */
  caller?: Promise<Caller>;
  /** Found at the first `sessionOf`, once. */
  session?: Promise<Session | undefined>;
  /** The body, once read whole. */
  body?: Promise<Uint8Array>;
  /** A signed call of which the body's digest and the nonce have yet to be checked. */
  pending_call?: PendingCall;
}

/** A request on its way through middleware, routes and pages. */
export type RequestContext = Koa.ParameterizedContext<RequestState>;

/** A router whose handlers get a `RequestState`. */
export type PortalRouter = Router<RequestState>;

/** A new router of the portal; paths are matched exactly, case and trailing slash included. */
export function newRouter(): PortalRouter {
  return new Router<RequestState>({ sensitive: true, strict: true });
}

/** The caller's address as rate limits and logs use it: IPv4 without its last byte, IPv6 without its last 80 bits. */
export function shortAddress(ip: string): string {
  const address = ip.startsWith('::ffff:') ? ip.slice(7) : ip;
  if (/^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(address)) return `${address.split('.').slice(0, 3).join('.')}.0`;
  if (!address.includes(':')) return 'unknown';
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  // "::" stands for the zero groups that are missing; what comes behind it lies beyond the kept part unless the head is short.
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter((group) => group !== '').length;
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ?? '').split(':').filter((group) => group !== '')];
  return `${all.slice(0, 3).join(':')}::`;
}
