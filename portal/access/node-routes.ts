import { PortalError } from '../errors.ts';
import { fieldError, requireObject, requireText } from '../fields.ts';
import { requireNode } from '../http/caller-of.ts';
import { refuseUnknownParameters } from '../http/parameters.ts';
import { readJson } from '../http/request-body.ts';
import { newRouter, type PortalRouter } from '../http/request-context.ts';
import { decodeBase64url } from '#crypto';
import type { KeyConfirmation } from '../db/tables.ts';
import { requireMay } from '../policy.ts';
import type { Portal } from '../portal.ts';
import { acceptGrant } from './accept-grant.ts';
import { acceptKeyPackage, type GivenPackage } from './accept-key-package.ts';
import { listGrantsFor } from './grant-list-store.ts';
import { listCursor, readListPage } from './list-cursor.ts';
import { grantId, requestId } from './path-ids.ts';
import { readNote } from './read-decision.ts';
import { getAccessRequestForProducers, listAccessRequestsForProducers } from './request-list-store.ts';
import { OPEN_STATES, type RequestState } from './request-store.ts';
import { revokeGrant } from './revoke-grant.ts';
import { settleAtNode } from './settle-at-node.ts';
import { withConsumerKeys } from './with-consumer-keys.ts';

const PAGING = ['cursor', 'limit'];
// A draft is nobody's but its asker's.
const STATES: readonly RequestState[] = [...OPEN_STATES, 'active', 'refused', 'withdrawn', 'expired'];
const CONFIRMATIONS: readonly KeyConfirmation[] = ['person', 'organisation', 'first_use'];
const FORMS: readonly GivenPackage['form'][] = ['age', 'openpgp', 'jwe'];
const NOTE_FIELD = { max: 2000, min: 0, lines: true };

/** What the node of a producer reads and decides: requests with their evidence, grants, key packages, revocations. */
export function nodeAccessRoutes(portal: Portal): PortalRouter {
  const router = newRouter();

  router.get('/api/v1/producers/:producer_id/access-requests', async (ctx) => {
    const parameters = refuseUnknownParameters(ctx, ['state', ...PAGING]);
    const states = readStates(parameters.get('state'));
    const { producer_id = '' } = ctx.params;
    requireMay(await requireNode(ctx), 'read_producer_work', { producer_id }, { hidden: true });
    const list = ['requests', producer_id, ...states];
    const { entries, next } = await listAccessRequestsForProducers(portal.db, [producer_id], states, readListPage(parameters, list));
    ctx.set('cache-control', 'private, no-store');
    ctx.body = { access_requests: await withConsumerKeys(portal.db, entries), next: listCursor(list, next) };
  });

  router.get('/api/v1/producers/:producer_id/access-requests/:request_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { producer_id = '' } = ctx.params;
    requireMay(await requireNode(ctx), 'read_producer_work', { producer_id }, { hidden: true });
    const request = await getAccessRequestForProducers(portal.db, [producer_id], requestId(ctx.params['request_id']));
    ctx.set('cache-control', 'private, no-store');
    [ctx.body] = await withConsumerKeys(portal.db, [request]);
  });

  router.get('/api/v1/producers/:producer_id/grants', async (ctx) => {
    const parameters = refuseUnknownParameters(ctx, PAGING);
    const { producer_id = '' } = ctx.params;
    requireMay(await requireNode(ctx), 'read_producer_work', { producer_id }, { hidden: true });
    const list = ['grants', producer_id];
    const { entries, next } = await listGrantsFor(portal.db, { producer_ids: [producer_id] }, portal.clock.now(), readListPage(parameters, list));
    ctx.set('cache-control', 'private, no-store');
    ctx.body = { grants: await withConsumerKeys(portal.db, entries), next: listCursor(list, next) };
  });

  router.put('/api/v1/grants/:grant_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireNode(ctx);
    const { grant, key_confirmation, note } = requireObject(await readJson(ctx), ['grant', 'key_confirmation'], ['note']);
    const words = readNote(note === undefined ? undefined : requireText(note, '/note', NOTE_FIELD));
    ctx.body = await acceptGrant(portal, caller, { grant_id: grantId(ctx.params['grant_id']), grant, key_confirmation: oneWord(key_confirmation, CONFIRMATIONS, '/key_confirmation'), note: words });
  });

  router.post('/api/v1/grants/:grant_id/packages', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireNode(ctx);
    const { epoch, form, package: sealed, release } = requireObject(await readJson(ctx), ['epoch', 'form', 'package', 'release']);
    if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 1) throw fieldError('/epoch', 'Give the number of an epoch.');
    if (typeof sealed !== 'string') throw fieldError('/package', 'Give bytes as unpadded base64url.');
    ctx.body = await acceptKeyPackage(portal, caller, { grant_id: grantId(ctx.params['grant_id']), epoch, form: oneWord(form, FORMS, '/form'), package: decodeBase64url(sealed), release });
  });

  router.post('/api/v1/grants/:grant_id/revocation', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireNode(ctx);
    const { revocation } = requireObject(await readJson(ctx), ['revocation']);
    ctx.body = await revokeGrant(portal, caller, { grant_id: grantId(ctx.params['grant_id']), revocation });
  });

  router.post('/api/v1/access-requests/:request_id/decision', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireNode(ctx);
    const { decision, ends_at, note } = requireObject(await readJson(ctx), ['decision'], ['ends_at', 'note']);
    const base = { request_id: requestId(ctx.params['request_id']), ...(note === undefined ? {} : { note: requireText(note, '/note', NOTE_FIELD) }) };
    if (oneWord(decision, ['refuse', 'agree'], '/decision') === 'refuse') ctx.body = await settleAtNode(portal, caller, { ...base, decision: 'refuse' });
    else ctx.body = await settleAtNode(portal, caller, { ...base, decision: 'agree', ...(ends_at === undefined ? {} : { ends_at: requireText(ends_at, '/ends_at', { max: 40 }) }) });
  });

  return router;
}

function oneWord<T extends string>(value: unknown, words: readonly T[], pointer: string): T {
  const word = words.find((known) => known === value);
  if (word === undefined) throw fieldError(pointer, `Give one of ${words.join(', ')}.`);
  return word;
}

function readStates(text: string | null): RequestState[] {
  if (text === null || text === '') return [];
  return text.split(',').map((word) => {
    const state = STATES.find((known) => known === word);
    if (state === undefined) throw new PortalError('bad_request', `Give a state out of ${STATES.join(', ')}.`, { reason: 'malformed_parameter' });
    return state;
  });
}
