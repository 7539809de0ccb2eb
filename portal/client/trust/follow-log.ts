import { decodeBase64url, verifyConsistency } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError, refusingAs } from '../errors.ts';
import { readObject, readTexts } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { type SeenCheckpoint, withPortalPin } from './pins.ts';

/**
 * Checks that verified checkpoints of a portal's log continue, or begin, the last one seen, and remembers the largest. A log that
 * shows another history than before is `log_forked`: a hard stop, to be told to the portal's operator and to others.
 */
export async function followLog(client: Client, portal_id: string, checkpoints: readonly SeenCheckpoint[]): Promise<void> {
  const pins = await client.pins.load();
  const pin = pins.portals.find((candidate) => candidate.portal_id === portal_id);
  if (pin === undefined) return;
  let seen = pin.checkpoint;
  for (const checkpoint of checkpoints) {
    if (seen !== null) await joinCheckpoints(client, seen, checkpoint);
    if (seen === null || checkpoint.size > seen.size) seen = checkpoint;
  }
  if (seen !== pin.checkpoint) await client.pins.learn(withPortalPin(pins, { ...pin, checkpoint: seen }));
}

async function joinCheckpoints(client: Client, a: SeenCheckpoint, b: SeenCheckpoint): Promise<void> {
  const [first, second] = a.size <= b.size ? [a, b] : [b, a];
  if (first.size === second.size) {
    if (first.root !== second.root) throw forked(first, second);
    return;
  }
  const answer = await plainCall(client, { method: 'GET', path: `/api/v1/log/consistency?first=${first.size}&second=${second.size}` });
  const path = readTexts(readObject(answer.json(), 'a proof of consistency'), 'path', 128);
  refusingAs('log_forked', forked(first, second).detail, () =>
    verifyConsistency({
      first: first.size,
      second: second.size,
      first_root: decodeBase64url(first.root, 32),
      second_root: decodeBase64url(second.root, 32),
      path: path.map((step) => decodeBase64url(step, 32)),
    }),
  );
}

function forked(first: SeenCheckpoint, second: SeenCheckpoint): ClientError {
  return new ClientError('log_forked', `The log of ${second.size} entries does not continue the one of ${first.size} entries.`, { facts: { first: first.size, second: second.size } });
}
