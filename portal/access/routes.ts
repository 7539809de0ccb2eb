import type { Scope } from '#catalog-schema';
import { PortalError } from '../errors.ts';
import { fieldError, isPlainText, requireObject, requireText } from '../fields.ts';
import { callerWith, requireConsumer } from '../http/caller-of.ts';
import { refuseUnknownParameters } from '../http/parameters.ts';
import { readJson } from '../http/request-body.ts';
import { newRouter, type PortalRouter, type RequestContext, shortAddress } from '../http/request-context.ts';
import type { Portal } from '../portal.ts';
import { attachRequestKey } from './attach-request-key.ts';
import { confirmAccessRequest } from './confirm-access-request.ts';
import { eraseAccessRequest } from './erase-access-request.ts';
import { getRequestToSign } from './get-request-to-sign.ts';
import { listAccessRequestsForConsumer } from './request-list-store.ts';
import { getGrantFor, type GrantParty, listGrantsFor } from './grant-list-store.ts';
import { listCursor, readListPage } from './list-cursor.ts';
import { listKeyPackages } from './list-key-packages.ts';
import { nodeAccessRoutes } from './node-routes.ts';
import { grantId, requestId } from './path-ids.ts';
import { requestAccess, type MadeRequest, type RequestContact } from './request-access.ts';
import { withdrawAccessRequest } from './withdraw-access-request.ts';

// A package is verified against the grant that it belongs to.
const GRANT_READERS: readonly Scope[] = ['grants:read', 'packages:read'];
const PAGING = ['cursor', 'limit'];
const PURPOSE_MAX = 4000;

/** Requests, grants and key packages: for consumers, and (`node-routes.ts`) for the nodes of producers. */
export function accessRoutes(portal: Portal): PortalRouter {
  const router = newRouter();

  router.get('/api/v1/access-requests', async (ctx) => {
    const parameters = refuseUnknownParameters(ctx, PAGING);
    const { consumer_id } = await requireConsumer(ctx, ['grants:read']);
    const list = ['own requests', consumer_id];
    const { entries, next } = await listAccessRequestsForConsumer(portal.db, consumer_id, readListPage(parameters, list));
    ctx.set('cache-control', 'private, no-store');
    ctx.body = { access_requests: entries, next: listCursor(list, next) };
  });

  router.post('/api/v1/access-requests', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireConsumer(ctx);
    const { request, purpose, contact, language } = requireObject(await readJson(ctx), ['request', 'purpose', 'contact', 'language']);
    const made = await requestAccess(portal, caller, { request, purpose: readPurpose(purpose), contact: readContact(contact), language: readLanguage(language), address: shortAddress(ctx.ip) });
    ctx.status = 201;
    ctx.set('location', `/api/v1/access-requests/${made.request_id}`);
    ctx.body = answer(made);
  });

  router.get('/api/v1/access-requests/:request_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    ctx.body = await getRequestToSign(portal.db, await requireConsumer(ctx), requestId(ctx.params['request_id']));
  });

  router.post('/api/v1/access-requests/:request_id/confirmation', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireConsumer(ctx);
    const { code } = requireObject(await readJson(ctx), ['code']);
    const { request_id, state } = await confirmAccessRequest(portal, { caller, request_id: requestId(ctx.params['request_id']), code: requireText(code, '/code', { max: 40 }) });
    ctx.body = { request_id, state };
  });

  router.put('/api/v1/access-requests/:request_id/signature', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireConsumer(ctx);
    const { request } = requireObject(await readJson(ctx), ['request']);
    ctx.body = answer(await attachRequestKey(portal, caller, { request_id: requestId(ctx.params['request_id']), request }));
  });

  router.post('/api/v1/access-requests/:request_id/withdrawal', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireConsumer(ctx);
    requireObject(await readJson(ctx), []);
    ctx.body = await withdrawAccessRequest(portal, caller, { request_id: requestId(ctx.params['request_id']) });
  });

  router.post('/api/v1/access-requests/:request_id/erasure', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireConsumer(ctx);
    requireObject(await readJson(ctx), []);
    ctx.body = await eraseAccessRequest(portal, caller, { request_id: requestId(ctx.params['request_id']) });
  });

  router.get('/api/v1/grants', async (ctx) => {
    const parameters = refuseUnknownParameters(ctx, PAGING);
    const { consumer_id } = await requireConsumer(ctx, GRANT_READERS);
    const list = ['own grants', consumer_id];
    const { entries, next } = await listGrantsFor(portal.db, { consumer_id }, portal.clock.now(), readListPage(parameters, list));
    ctx.set('cache-control', 'private, no-store');
    ctx.body = { grants: entries, next: listCursor(list, next) };
  });

  router.get('/api/v1/grants/:grant_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const party = await requireGrantParty(ctx);
    ctx.set('cache-control', 'private, no-store');
    ctx.body = await getGrantFor(portal.db, party, grantId(ctx.params['grant_id']), portal.clock.now());
  });

  router.get('/api/v1/grants/:grant_id/packages', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { consumer_id } = await requireConsumer(ctx, ['packages:read']);
    ctx.set('cache-control', 'private, no-store');
    ctx.body = { packages: await listKeyPackages(portal.db, consumer_id, grantId(ctx.params['grant_id']), portal.clock.now()) };
  });

  router.use(nodeAccessRoutes(portal).routes());
  return router;
}

function answer({ request_id, state, fingerprint }: MadeRequest): Omit<MadeRequest, 'dataset_id'> {
  return { request_id, state, fingerprint };
}

/** Whose grants the caller may read one by one: a consumer's own, or those on the datasets of a node's producers. */
async function requireGrantParty(ctx: RequestContext): Promise<GrantParty> {
  const caller = await callerWith(ctx, GRANT_READERS);
  if (caller.kind === 'node') return { producer_ids: caller.producer_ids };
  if (caller.kind === 'consumer') return { consumer_id: caller.consumer_id };
  throw new PortalError('unauthenticated', 'Sign this call with the key of a node or of a registered consumer.');
}

// The purpose is signed: not a character of it may be tidied here.
function readPurpose(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > PURPOSE_MAX || !isPlainText(value, { lines: true })) {
    throw fieldError('/purpose', `Say in 1 to ${PURPOSE_MAX} characters what the data are for, without control characters but line ends.`);
  }
  return value;
}

function readContact(value: unknown): RequestContact {
  const { name, email, organisation } = requireObject(value, ['name', 'email'], ['organisation']);
  if (typeof email !== 'string') throw fieldError('/contact/email', 'Give an e-mail address.');
  const contact = { name: requireText(name, '/contact/name', { max: 200 }), email };
  return organisation === undefined ? contact : { ...contact, organisation: requireText(organisation, '/contact/organisation', { min: 0, max: 200 }) };
}

function readLanguage(value: unknown): string {
  if (value !== 'fr' && value !== 'en') throw fieldError('/language', 'Give fr or en.');
  return value;
}
