import { type Act, parseAct } from '#catalog-schema';
import { decodeBase64url, encodeBase64url, type InclusionProof, parseCanonicalJson, parseProof, verifyProof } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import type { SeenCheckpoint } from '../trust/pins.ts';
import { portalLogKeys, type VerifiedPortal } from '../trust/verify-portal-keys.ts';
import { type AnswerObject, malformed, readObject, readText } from '../wire/answer.ts';

/** An act of the log with the proof that it stands there, as the portal serves it. */
export interface LoggedAct {
  /** The act's exact bytes, base64url. */
  leaf: string;
  proof: InclusionProof;
}

/** An act whose subject is blinded, with the key that shows this party what it is about. */
export interface BlindedLoggedAct extends LoggedAct {
  blind_key: string;
}

/** An act proved to stand in the portal's log, and the checkpoint that proves it. */
export interface ProvedAct {
  act: Act;
  index: number;
  checkpoint: SeenCheckpoint;
}

/** The gate for an act with its proof; `answer_malformed` otherwise. */
export function readLoggedAct(value: unknown, what = 'an act of the log'): LoggedAct {
  return fromObject(readObject(value, what));
}

/** The gate for an act with its proof and blinding key. */
export function readBlindedLoggedAct(value: unknown, what = 'an act of the log'): BlindedLoggedAct {
  const object = readObject(value, what);
  return { ...fromObject(object), blind_key: readText(object, 'blind_key') };
}

/**
 * What an act says before its proof was verified: only to choose keys and places that are verified afterwards.
 * Refuses with `act_mismatch` bytes that are no act.
 */
export function claimOf(logged: LoggedAct): { act: Act; index: number } {
  const act = refusingAs('act_mismatch', 'The entry of the log is not an act.', () => parseAct(parseCanonicalJson(decodeBase64url(logged.leaf))));
  return { act, index: logged.proof.index };
}

/**
 * Verifies that the act stands in this portal's log: checkpoint signed by a log key of its newest key set, size, path. Refuses with
 * `log_proof_refused`, and with `act_mismatch` when the proved bytes are no act.
 */
export function proveAct(logged: LoggedAct, portal: VerifiedPortal): ProvedAct {
  const checkpoint = refusingAs('log_proof_refused', 'The log of the portal does not prove this entry.', () => verifyUnderAnyKey(logged, portal));
  const { act, index } = claimOf(logged);
  return { act, index, checkpoint: { size: checkpoint.size, root: encodeBase64url(checkpoint.root) } };
}

function verifyUnderAnyKey(logged: LoggedAct, portal: VerifiedPortal): { size: number; root: Uint8Array } {
  const leaf = decodeBase64url(logged.leaf);
  let first: unknown;
  for (const jwk of portalLogKeys(portal)) {
    try {
      return verifyProof(leaf, logged.proof, { origin: portal.log_origin, jwk });
    } catch (refused) {
      first ??= refused;
    }
  }
  throw first ?? new ClientError('log_proof_refused', 'The portal has no log key.');
}

function fromObject(object: AnswerObject): LoggedAct {
  const leaf = readText(object, 'leaf');
  try {
    return { leaf, proof: parseProof(object.members['proof']) };
  } catch (cause) {
    throw malformed(object.what, 'its proof is not one', cause);
  }
}
