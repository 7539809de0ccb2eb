import type { Statement } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { readList, readObject, readStatement, readText } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { withPortalPin } from './pins.ts';
import { portalAt, portalPin, verifyPortalKeys, type VerifiedPortal } from './verify-portal-keys.ts';

/** A portal that showed its keys, and what its clock says. */
export interface MetPortal extends VerifiedPortal {
  public_origin: string;
  /** The portal's clock minus ours, in seconds. */
  clock_offset_seconds: number;
  statements: readonly Statement[];
}

/**
 * Asks the portal for its key sets, verifies them and pins them with the address: the first time they are believed, later they may
 * only grow. An address called before with another portal behind it is `portal_changed`, a hard stop.
 */
export async function meetPortal(client: Client): Promise<MetPortal> {
  const object = readObject((await plainCall(client, { method: 'GET', path: '/api/v1/portal' })).json(), 'the description of a portal');
  const pins = await client.pins.load();
  const portal_id = portalAt(pins, client.portal_url);
  const statements = readList(object, 'key_sets', (entry) => readStatement(entry, 'a key set'));
  const portal = verifyPortalKeys(statements, pins, portal_id === undefined ? {} : { portal_id });
  if (readText(object, 'portal_id') !== portal.portal_id) throw new ClientError('portal_keys_refused', 'The portal calls itself by another id than that of its keys.');
  const pin = portalPin(portal, client.portal_url, client.now());
  await client.pins.learn(withPortalPin(pins, pin));
  const theirs = Date.parse(readText(object, 'now'));
  return {
    ...portal,
    public_origin: readText(object, 'public_origin'),
    clock_offset_seconds: Number.isNaN(theirs) ? 0 : Math.round((theirs - client.now().getTime()) / 1000),
    statements,
  };
}
