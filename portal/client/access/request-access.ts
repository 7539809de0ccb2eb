import { randomUUID } from 'node:crypto';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { verifyDataset } from '../evidence/fetch-evidence.ts';
import { signedCall } from '../wire/call.ts';
import { signAccessRequest } from './access-request.ts';
import { type MadeRequest, readMadeRequest } from './made-request.ts';
import { registerConsumer } from './register-consumer.ts';

/** Who asks, so that the producer can answer. */
export interface RequestContact {
  name: string;
  email: string;
  organisation?: string;
}

/**
 * Asks for access to a restricted dataset: verifies its newest version, registers the consumer's keys, signs and sends the request.
 * The portal then sends a mail that has to be confirmed, by its link or by `confirmAccessRequest`. Refuses with `keys_missing`,
 * `conflict` (one is open already), and every code of `verifyDataset`.
 */
export async function requestAccess(client: Client, o: { dataset_id: string; purpose: string; contact: RequestContact }): Promise<MadeRequest> {
  const keys = await client.consumerKeys();
  const dataset = await verifyDataset(client, o.dataset_id);
  const request_id = randomUUID();
  const request = signAccessRequest({ request_id, purpose: o.purpose, dataset, keys, now: client.now() });
  await registerConsumer(client);
  const answer = await signedCall(client, {
    method: 'POST',
    path: '/api/v1/access-requests',
    json: { request, purpose: o.purpose, contact: o.contact, language: client.language },
  });
  return readMadeRequest(client, answer.json(), { request_id, dataset_id: dataset.verdict.dataset_id, statement: request });
}

/** Refuses what no request may hold before anything is sent: an empty purpose, a contact without name or address. */
export function checkRequestWords(o: { purpose: string; contact: RequestContact }): void {
  if (o.purpose.trim() === '') throw new ClientError('bad_input', 'Say what you want the data for.', { reason: 'purpose', facts: { value: 'purpose' } });
  if (o.contact.name.trim() === '' || !/^[^@\s]+@[^@\s]+$/.test(o.contact.email)) {
    throw new ClientError('bad_input', 'Give your name and an e-mail address.', { reason: 'contact', facts: { value: o.contact.email } });
  }
}
