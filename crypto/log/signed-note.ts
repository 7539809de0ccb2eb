import { decodeBase64url, encodeBase64url, readBase64 } from '../base64url.ts';
import { concatBytes, decodeHex, encodeHex, equalBytes, sha256, utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { parsePublicJwk, type PublicJwk } from '../key/public-key.ts';

/** Signature type of plain Ed25519 notes (C2SP signed-note). */
export const NOTE_ED25519 = 0x01;
/** Signature type of timestamped Ed25519 cosignatures (C2SP tlog-cosignature). */
export const NOTE_COSIGNATURE = 0x04;

const NOTE_MAX_BYTES = 16 * 1024;
const NOTE_MAX_SIGNATURES = 32;
// A key name ends at the first blank or plus of a verifier key and must not look like the start of any other signed text here.
const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9.:/_-]{0,254}$/;
const SIGNATURE_LINE = /^— ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/;

/** One signature line of a note: the key's name, its 4-byte id, and the signature itself. */
export interface NoteSignature {
  readonly name: string;
  readonly key_id: Uint8Array;
  readonly signature: Uint8Array;
}

/** A note taken apart: the text that is signed, ending in a line feed, and its signature lines. Nothing is verified. */
export interface ParsedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Takes a signed note apart; refuses with `malformed_checkpoint` what is not one in form (size, control characters, signature lines). */
export function parseNote(note: string): ParsedNote {
  if (note.length > NOTE_MAX_BYTES || holdsControlCharacters(note) || !note.isWellFormed()) {
    throw new CryptoError('malformed_checkpoint', 'a note that is too long or holds control characters');
  }
  const cut = note.lastIndexOf('\n\n');
  if (cut === -1 || !note.endsWith('\n')) throw new CryptoError('malformed_checkpoint', 'a note without text and signatures');
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > NOTE_MAX_SIGNATURES) {
    throw new CryptoError('malformed_checkpoint', `more than ${NOTE_MAX_SIGNATURES} signatures`);
  }
  return { text: note.slice(0, cut + 1), signatures: lines.map(parseSignatureLine) };
}

// All of them but the line feed.
function holdsControlCharacters(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if ((code < 0x20 && code !== 0x0a) || code === 0x7f) return true;
  }
  return false;
}

function parseSignatureLine(line: string): NoteSignature {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  if (name === undefined || encoded === undefined) throw new CryptoError('malformed_checkpoint', 'a line that is no signature');
  const length = Math.floor((encoded.length * 3) / 4) - (encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0);
  const bytes = readBase64(encoded, length);
  if (bytes === undefined || bytes.length < 5) {
    throw new CryptoError('malformed_checkpoint', 'a signature that is not base64 of a key id and more');
  }
  return { name, key_id: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** One signature line with its line feed. */
export function signatureLine(name: string, key_id: Uint8Array, signature: Uint8Array): string {
  return `— ${name} ${Buffer.from(concatBytes(key_id, signature)).toString('base64')}\n`;
}

/** The 4-byte id of a key in notes: the start of SHA-256(name ‖ LF ‖ type ‖ public key). */
export function noteKeyId(name: string, jwk: PublicJwk, type: number = NOTE_ED25519): Uint8Array {
  requireKeyName(name);
  return sha256(utf8(`${name}\n`), new Uint8Array([type]), rawEd25519(jwk)).slice(0, 4);
}

/** The verifier key text of the C2SP tools: name, `+`, hexadecimal key id, `+`, base64 of type and public key. */
export function vkeyOf(name: string, jwk: PublicJwk, type: number = NOTE_ED25519): string {
  const blob = Buffer.from(concatBytes(new Uint8Array([type]), rawEd25519(jwk))).toString('base64');
  return `${name}+${encodeHex(noteKeyId(name, jwk, type))}+${blob}`;
}

/** The name and key of a verifier key text; refuses with `malformed_key` any other text, `algorithm_not_allowed` other types. */
export function parseVkey(text: string): { name: string; jwk: PublicJwk; type: number } {
  const [, name, id, blob] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const bytes = blob === undefined ? undefined : readBase64(blob, 33);
  if (name === undefined || id === undefined || bytes === undefined) throw new CryptoError('malformed_key', 'not a verifier key');
  const type = bytes[0] ?? 0;
  if (type !== NOTE_ED25519 && type !== NOTE_COSIGNATURE) {
    throw new CryptoError('algorithm_not_allowed', `signature type ${type}`);
  }
  const jwk = parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(bytes.subarray(1)) });
  if (!equalBytes(noteKeyId(name, jwk, type), decodeHex(id))) {
    throw new CryptoError('malformed_key', 'a verifier key whose id is another key’s');
  }
  return { name, jwk, type };
}

/** Refuses with `checkpoint_origin` a name that could not stand in a note: 1 to 255 letters, digits and `. : / _ -`. */
export function requireKeyName(name: string): void {
  if (!KEY_NAME.test(name)) throw new CryptoError('checkpoint_origin', `${JSON.stringify(name)} cannot name a log`);
}

function rawEd25519(jwk: PublicJwk): Uint8Array {
  if (jwk.crv !== 'Ed25519') throw new CryptoError('algorithm_not_allowed', 'notes are signed with Ed25519 only');
  return decodeBase64url(jwk.x, 32);
}
