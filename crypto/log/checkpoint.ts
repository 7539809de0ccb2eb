import { readBase64 } from '../base64url.ts';
import { equalBytes, sha256, utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { type PublicJwk, verifySignature } from '../key/public-key.ts';
import { signBytes, type SigningKey } from '../key/signing-key.ts';
import { noteKeyId, parseNote, requireKeyName, signatureLine } from './signed-note.ts';

/** The state of a log at a moment: who it is, how many leaves, and their root. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint as a signed note (C2SP tlog-checkpoint) by the log's Ed25519 key, whose name in the note is the origin. */
export function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): string {
  const { origin, size, root } = checkpoint;
  requireKeyName(origin);
  requireRoot(size, root);
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  return `${text}\n${signatureLine(origin, noteKeyId(origin, key.public_jwk), signBytes(key, utf8(text)))}`;
}

/**
 * Verifies a checkpoint note of the log `origin` under its key; signatures of others (witnesses) are passed over. Refuses with
 * `malformed_checkpoint`, `checkpoint_origin` (another log's) or `checkpoint_signature` (missing, twice, or not verifying).
 */
export function verifyCheckpoint(
  note: string,
  o: { readonly origin: string; readonly jwk: PublicJwk },
): { size: number; root: Uint8Array } {
  const { text, signatures } = parseNote(note);
  const keyId = noteKeyId(o.origin, o.jwk);
  const own = signatures.filter((line) => line.name === o.origin && equalBytes(line.key_id, keyId));
  const [signature] = own;
  if (signature === undefined || own.length !== 1) {
    throw new CryptoError('checkpoint_signature', `${own.length} signatures by the key of ${o.origin}`);
  }
  if (!verifySignature(o.jwk, utf8(text), signature.signature)) {
    throw new CryptoError('checkpoint_signature', 'the signature of the log does not verify');
  }
  return readCheckpoint(text, o.origin);
}

function readCheckpoint(text: string, origin: string): { size: number; root: Uint8Array } {
  const [first, second, third, ...rest] = text.split('\n');
  if (first !== origin) throw new CryptoError('checkpoint_origin', `a checkpoint of another log than ${origin}`);
  if (second === undefined || third === undefined || rest.length !== 1 || rest[0] !== '') {
    throw new CryptoError('malformed_checkpoint', 'not exactly three lines');
  }
  const size = /^(?:0|[1-9][0-9]{0,15})$/.test(second) ? Number(second) : -1;
  const root = readBase64(third, 32);
  if (size < 0 || root === undefined) throw new CryptoError('malformed_checkpoint', 'a size or root that is not one');
  requireRoot(size, root);
  return { size, root };
}

function requireRoot(size: number, root: Uint8Array): void {
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== 32) {
    throw new CryptoError('malformed_checkpoint', `a size of ${size} or a root of ${root.length} bytes`);
  }
  if (size === 0 && !equalBytes(root, sha256())) {
    throw new CryptoError('malformed_checkpoint', 'an empty log with a root that is not the empty one');
  }
}
