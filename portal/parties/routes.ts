import { parseConsumerId, parseDelivery, parseProducerId } from '#catalog-schema';
import { fingerprintOf, JSON_MAX_BYTES } from '#crypto';
import { PortalError } from '../errors.ts';
import { requireList, requireObject, requireText } from '../fields.ts';
import { callerOf, requireConsumer, requireNode } from '../http/caller-of.ts';
import { refuseUnknownParameters } from '../http/parameters.ts';
import { readJson } from '../http/request-body.ts';
import { newRouter, type PortalRouter, shortAddress } from '../http/request-context.ts';
import { proofForAct } from '../log/prove-act.ts';
import type { Portal } from '../portal.ts';
import { challengeDeliveryKey } from './challenge-delivery-key.ts';
import { enrolProducer } from './enrol-producer.ts';
import { extendProducerKeys } from './extend-producer-keys.ts';
import { listKeySets } from './key-store.ts';
import { findOwnEnrolment } from './enrolment-store.ts';
import { getProducer, listProducers } from './producer-store.ts';
import { registerConsumer } from './register-consumer.ts';

const KEY_SETS_MAX = 200;
const ANSWERS_MAX = 50;

/** The portal's own keys, enrolments, producers, consumers. */
export function partyRoutes(portal: Portal): PortalRouter {
  const router = newRouter();

  router.get('/api/v1/portal', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { portal_id, key_sets, key_set_digest } = portal.keys;
    const { name, public_origin } = portal.config;
    ctx.body = { portal_id, name, public_origin, key_sets, fingerprint: fingerprintOf(key_set_digest), now: portal.clock.now().toISOString() };
  });

  router.post('/api/v1/enrolments', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    // Signed only by a node that serves another producer here already: its key is unknown otherwise.
    const caller = await callerOf(ctx);
    const { code, key_sets } = requireObject(await readJson(ctx, JSON_MAX_BYTES), ['code', 'key_sets']);
    const enrolment = await enrolProducer(portal, {
      code: requireText(code, '/code', { max: 100 }),
      key_sets: requireList(key_sets, '/key_sets', { min: 1, max: KEY_SETS_MAX }),
      address: shortAddress(ctx.ip),
      ...(caller.kind === 'node' ? { node_kid: caller.kid } : {}),
    });
    ctx.status = 201;
    ctx.set('location', `/api/v1/enrolments/${enrolment.enrolment_id}`);
    ctx.body = enrolment;
  });

  router.get('/api/v1/enrolments/:enrolment_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const node = await requireNode(ctx);
    const enrolment = await findOwnEnrolment(portal.db, parseUuid(ctx.params['enrolment_id']), node);
    if (enrolment === undefined) throw new PortalError('not_found', 'There is no such enrolment.');
    ctx.body = enrolment;
  });

  router.get('/api/v1/producers', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    ctx.body = { producers: await listProducers(portal.db) };
  });

  router.get('/api/v1/producers/:producer_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const producer = await getProducer(portal.db, hideMalformed(parseProducerId, ctx.params['producer_id']));
    ctx.body = { ...producer, ...(await producerEvidence(portal, producer.producer_id)) };
  });

  router.put('/api/v1/producers/:producer_id/key-sets', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { key_sets } = requireObject(await readJson(ctx, JSON_MAX_BYTES), ['key_sets']);
    ctx.body = await extendProducerKeys(portal, {
      producer_id: hideMalformed(parseProducerId, ctx.params['producer_id']),
      key_sets: requireList(key_sets, '/key_sets', { min: 1, max: KEY_SETS_MAX }),
      address: shortAddress(ctx.ip),
    });
  });

  router.put('/api/v1/consumers/:consumer_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { key_sets, answers = [] } = requireObject(await readJson(ctx, JSON_MAX_BYTES), ['key_sets'], ['answers']);
    ctx.body = await registerConsumer(portal, {
      consumer_id: parseConsumerId(ctx.params['consumer_id'] ?? ''),
      key_sets: requireList(key_sets, '/key_sets', { min: 1, max: KEY_SETS_MAX }),
      answers: requireList(answers, '/answers', { max: ANSWERS_MAX }).map((answer, index) => requireText(answer, `/answers/${index}`, { max: 100 })),
      address: shortAddress(ctx.ip),
    });
  });

  router.get('/api/v1/consumers/:consumer_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { consumer_id } = await requireConsumer(ctx, ['grants:read', 'packages:read']);
    // Who belongs to whom is told to nobody else.
    if (ctx.params['consumer_id'] !== consumer_id) throw new PortalError('not_found', 'There is no such thing here.');
    const sets = await listKeySets(portal.db, 'consumer', consumer_id);
    ctx.set('cache-control', 'private, no-store');
    ctx.body = { consumer_id, fingerprint: fingerprintOf(consumer_id), key_sets: sets.map((set) => set.statement) };
  });

  router.post('/api/v1/delivery-key-challenges', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { form, key } = requireObject(await readJson(ctx), ['form', 'key']);
    ctx.body = await challengeDeliveryKey(portal, parseDelivery({ form, key }), { address: shortAddress(ctx.ip) });
  });

  return router;
}

/** A producer's key sets with the acts that put them in force; an act that still waits for the log is left out. */
async function producerEvidence(portal: Portal, producer_id: string) {
  const sets = await listKeySets(portal.db, 'producer', producer_id);
  const acts = await Promise.all(sets.map((set) => (set.act_id === null ? undefined : proofForAct(portal.db, set.act_id))));
  return {
    key_sets: sets.map((set) => set.statement),
    key_set_acts: acts.flatMap((act) => (act === undefined ? [] : [{ leaf: act.leaf, proof: act.proof }])),
  };
}

function parseUuid(text: string | undefined): string {
  if (text === undefined || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) throw new PortalError('not_found', 'There is no such enrolment.');
  return text;
}

/** An id that cannot exist is as absent as one that does not. */
function hideMalformed<T>(parse: (text: string) => T, text: string | undefined): T {
  try {
    return parse(text ?? '');
  } catch (cause) {
    throw new PortalError('not_found', 'There is no such thing here.', { cause });
  }
}
