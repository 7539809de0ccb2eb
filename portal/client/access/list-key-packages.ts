import { parseGrantId } from '#catalog-schema';
import { decodeBase64url, readUnverifiedPayload } from '#crypto';
import type { Client } from '../client.ts';
import { refusingAs } from '../errors.ts';
import { readBlindedLoggedAct } from '../evidence/logged-act.ts';
import { malformed, readCount, readList, readObject, readStatement, readText, readWord } from '../wire/answer.ts';
import { signedCall } from '../wire/call.ts';
import type { KeyPackage } from './verify-key-release.ts';

/** The key packages of a live grant; `not_granted` when it is revoked or expired. */
export async function listKeyPackages(client: Client, grant_id: string): Promise<KeyPackage[]> {
  const id = refusingAs('bad_input', `${grant_id} is not the number of a grant.`, () => parseGrantId(grant_id), { value: grant_id });
  const answer = await signedCall(client, { method: 'GET', path: `/api/v1/grants/${id}/packages`, max_bytes: 32 * 1024 * 1024 });
  return readList(readObject(answer.json(), 'a list of key packages'), 'packages', readKeyPackage, 10_000);
}

/** The thirty digits of the delivery key that a package claims to be for; nothing is verified yet. */
export function claimedFingerprint(pack: KeyPackage): string | undefined {
  try {
    const payload = readUnverifiedPayload(pack.release);
    return typeof payload === 'object' && payload !== null && 'delivery_fingerprint' in payload && typeof payload.delivery_fingerprint === 'string' ? payload.delivery_fingerprint : undefined;
  } catch {
    // Not canonical JSON: it will not verify either.
    return undefined;
  }
}

/** The gate for a key package; refuses with `answer_malformed`. */
export function readKeyPackage(value: unknown): KeyPackage {
  const object = readObject(value, 'a key package');
  return {
    epoch: readCount(object, 'epoch'),
    form: readWord(object, 'form', ['age', 'openpgp', 'jwe']),
    bytes: readBytes(readText(object, 'package')),
    release: readStatement(object.members['release'], 'a release statement'),
    act: readBlindedLoggedAct(object.members['act'], 'the log entry of a release'),
  };
}

function readBytes(text: string): Uint8Array {
  try {
    return decodeBase64url(text);
  } catch (cause) {
    throw malformed('a key package', 'its bytes are not base64url', cause);
  }
}
