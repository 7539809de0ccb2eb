import { parseAccessRequest } from '#catalog-schema';
import { CryptoError, parseStatement, parseStrictJson, readUnverifiedPayload, utf8 } from '#crypto';
import { PortalError } from '../errors.ts';
import { requireList, requireObject } from '../fields.ts';
import { registerConsumer } from '../parties/register-consumer.ts';
import type { Portal } from '../portal.ts';
import { type Asker, isAsker } from './asker.ts';
import { attachSignedRequest } from './attach-request-key.ts';
import type { MadeRequest } from './request-access.ts';
import { findRequest, noRequest } from './request-store.ts';

const PASTED_MAX_BYTES = 60 * 1024;
const KEY_SETS_MAX = 20;

/**
 * Attaches a key to a request made without one by what its asker pastes: `{key_sets, request}` as `sceau ask --request ID --print`
 * writes it. The consumer is registered on the way; signatures decide, not the hand that pastes. Refuses with `not_found`, `bad_request`
 * (`not_pasted_whole`), `schema`, and as `registerConsumer` and `attachRequestKey` do.
 */
export async function attachPastedKey(portal: Portal, asker: Asker, input: { request_id: string; text: string; address: string }): Promise<MadeRequest> {
  const { request_id, address } = input;
  const known = await findRequest(portal.db, request_id);
  if (known === undefined || !isAsker(portal, asker, known)) throw noRequest();
  const { key_sets, request } = requireObject(readPasted(input.text), ['key_sets', 'request']);
  // Only says whose key sets these must be; `attachSignedRequest` verifies.
  const { consumer_id } = parseAccessRequest(readUnverifiedPayload(parseStatement(request)));
  // A key of another program was shown to open when `sceau` registered it before it printed; one that is new here is refused.
  await registerConsumer(portal, { consumer_id, key_sets: requireList(key_sets, '/key_sets', { min: 1, max: KEY_SETS_MAX }), answers: [], address });
  return attachSignedRequest(portal, consumer_id, { request_id, request });
}

function readPasted(text: string): unknown {
  try {
    return parseStrictJson(utf8(text.trim()), { maxBytes: PASTED_MAX_BYTES });
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new PortalError('bad_request', 'This is not the whole text that the computer printed. Copy it from the first brace to the last.', { reason: 'not_pasted_whole', cause });
  }
}
