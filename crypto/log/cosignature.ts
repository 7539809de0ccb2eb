import { concatBytes, equalBytes, utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { type PublicJwk, thumbprint, verifySignature } from '../key/public-key.ts';
import { signBytes, type SigningKey } from '../key/signing-key.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { NOTE_COSIGNATURE, noteKeyId, parseNote, signatureLine } from './signed-note.ts';

/** Who vouches that a log only ever grew: a name and an Ed25519 key. */
export interface Witness {
  readonly name: string;
  readonly jwk: PublicJwk;
}

/** One good cosignature: by whom, and when the witness says it saw the checkpoint (RFC 3339, seconds). */
export interface Cosignature {
  readonly name: string;
  readonly cosigned_at: string;
}

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/**
 * Adds a witness's cosignature/v1 (C2SP tlog-cosignature) to a checkpoint that the log signed; returns the longer note. The witness
 * has first proved consistency with the newest checkpoint that it cosigned before. Refuses like `verifyCheckpoint`.
 */
export function cosignCheckpoint(
  note: string,
  log: { readonly origin: string; readonly jwk: PublicJwk },
  witness: { readonly name: string; readonly key: SigningKey },
  o: { readonly now: Date },
): string {
  verifyCheckpoint(note, log);
  const seconds = Math.floor(o.now.getTime() / 1000);
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = signBytes(witness.key, signedBytes(parseNote(note).text, seconds));
  return `${note}${signatureLine(witness.name, noteKeyId(witness.name, witness.key.public_jwk, NOTE_COSIGNATURE), concatBytes(time, signature))}`;
}

/**
 * The cosignatures of known witnesses on a note, one per key at most; lines of others are passed over. What the log itself signed is
 * for `verifyCheckpoint`. A line of a known witness that does not verify, or stands twice, is refused with `cosignature_invalid`.
 */
export function verifyCosignatures(note: string, witnesses: readonly Witness[]): Cosignature[] {
  const { text, signatures } = parseNote(note);
  const distinct = [...new Map(witnesses.map((witness) => [thumbprint(witness.jwk), witness])).values()];
  return distinct.flatMap((witness) => {
    const id = noteKeyId(witness.name, witness.jwk, NOTE_COSIGNATURE);
    const lines = signatures.filter((line) => line.name === witness.name && equalBytes(line.key_id, id));
    if (lines.length > 1) throw new CryptoError('cosignature_invalid', `two cosignatures of ${witness.name}`);
    return lines.map((line) => ({ name: witness.name, cosigned_at: verifyLine(text, witness, line.signature) }));
  });
}

function verifyLine(text: string, witness: Witness, blob: Uint8Array): string {
  const seconds = blob.length === TIME_BYTES + SIGNATURE_BYTES ? Buffer.from(blob).readBigUInt64BE() : undefined;
  // Times up to the year 9999: those that RFC 3339 can write.
  if (
    seconds === undefined ||
    seconds > 253_402_300_799n ||
    !verifySignature(witness.jwk, signedBytes(text, Number(seconds)), blob.subarray(TIME_BYTES))
  ) {
    throw new CryptoError('cosignature_invalid', `the cosignature of ${witness.name} does not verify`);
  }
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function signedBytes(text: string, seconds: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
}
