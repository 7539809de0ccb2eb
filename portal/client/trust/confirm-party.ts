import { parseProducerId } from '#catalog-schema';
import { parseStrictJson } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError, refusingAs } from '../errors.ts';
import { readList, readObject, readStatement, readText } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { portalAway } from '../wire/portal-away.ts';
import { readBounded } from '../wire/read-bounded.ts';
import { meetPortal } from './meet-portal.ts';
import { type PinOrigin, type PortalPin, type ProducerPin, withPortalPin, withProducerPin } from './pins.ts';
import { portalPin } from './verify-portal-keys.ts';
import { producerPin, verifyProducerKeys, type VerifiedProducer } from './verify-producer-keys.ts';

/** A producer whose keys verified and whose name is about to be confirmed. */
export interface ProducerToConfirm {
  producer: VerifiedProducer;
}

/**
 * The producer of an id, or the one that a domain names at `https://<domain>/.well-known/sceau-producer.json`, with its key sets from the
 * portal, verified from the id. Refuses with `bad_input`, `not_found`, `portal_away`, and the codes of `verifyProducerKeys`;
 * `producer_mismatch` when the keys name another domain.
 */
export async function findProducerToConfirm(client: Client, id_or_domain: string): Promise<ProducerToConfirm> {
  const domain = id_or_domain.includes('.') ? id_or_domain.toLowerCase() : undefined;
  const text = domain === undefined ? id_or_domain : await idOfDomain(client, domain);
  const producer_id = refusingAs('bad_input', `${text} is not the id of a producer.`, () => parseProducerId(text), { value: text });
  const object = readObject((await plainCall(client, { method: 'GET', path: `/api/v1/producers/${producer_id}` })).json(), 'a producer');
  const statements = readList(object, 'key_sets', (entry) => readStatement(entry, 'a key set'));
  const producer = verifyProducerKeys(statements, producer_id, await client.pins.load());
  if (domain !== undefined && producer.domain !== domain) {
    throw new ClientError('producer_mismatch', `The producer's keys name ${producer.domain ?? 'no domain'}, not ${domain}.`, { facts: { domain } });
  }
  return { producer };
}

/** Remembers that a person or a domain confirmed the producer's name. */
export async function confirmProducer(client: Client, { producer }: ProducerToConfirm, confirmed_by: PinOrigin): Promise<ProducerPin> {
  const pin = producerPin(producer, client.now(), { confirmed_by });
  await client.pins.change((pins) => withProducerPin(pins, pin));
  return pin;
}

/** Remembers that a person knows the portal's id by another way; `portal_changed` when another one answers. */
export async function confirmPortal(client: Client, portal_id: string): Promise<PortalPin> {
  const portal = await meetPortal(client);
  if (portal.portal_id !== portal_id) {
    throw new ClientError('portal_changed', `Portal ${portal.portal_id} answers, not ${portal_id}.`, { facts: { found: portal.portal_id, expected: portal_id } });
  }
  const pin: PortalPin = { ...portalPin(portal, client.portal_url, client.now()), confirmed_by: 'hand' };
  await client.pins.change((pins) => withPortalPin(pins, pin));
  return pin;
}

async function idOfDomain(client: Client, domain: string): Promise<string> {
  if (!/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain)) throw new ClientError('bad_input', `${domain} is not a domain name.`, { facts: { value: domain } });
  const origin = `https://${domain}`;
  let response: Response;
  try {
    response = await client.fetch(`${origin}/.well-known/sceau-producer.json`, { redirect: 'error', headers: { accept: 'application/json' }, signal: AbortSignal.timeout(20_000) });
  } catch (cause) {
    throw portalAway(origin, cause);
  }
  if (!response.ok) throw new ClientError('not_found', `${domain} names no producer (${response.status}).`, { facts: { why: domain } });
  const bytes = await readBounded(response, 64 * 1024, origin);
  return readText(readObject(refusingAs('answer_malformed', `${domain} names no producer.`, () => parseStrictJson(bytes)), 'the producer of a domain'), 'producer_id');
}
