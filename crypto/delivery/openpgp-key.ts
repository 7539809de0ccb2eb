import * as openpgp from 'openpgp';
import { utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

/** Most bytes of OpenPGP material that is looked at. */
export const OPENPGP_MAX_BYTES = 64 * 1024;
/** Most subkeys and user ids together. */
export const OPENPGP_MAX_PARTS = 32;

/** What is kept of somebody's OpenPGP key: the bare text, and until when it serves (RFC 3339; null: no end). */
export interface BareOpenpgpKey {
  readonly key: string;
  readonly not_after: string | null;
}

const RSA_MIN_BITS = 3072;
const CURVES: ReadonlySet<string> = new Set(['curve25519Legacy', 'ed25519Legacy', 'nistP256']);
// RFC 9580 §5.2.3.29: may encrypt communications (04), may encrypt storage (08).
const ENCRYPTS = 0x0c;
// OpenPGP.js puts random bytes into each signature that it makes.
const SALT_NOTATION = 'salt@notations.openpgpjs.org';

/**
 * What we keep of an exported public key (armored or binary): its main key and the newest subkey that encrypts, with the signature that binds
 * them, as canonical armored text. Names, addresses, pictures, other people's signatures and other subkeys are left out. Refuses with
 * `openpgp_too_large` (over 64 KiB), `openpgp_secret_key`, `openpgp_malformed` (not one v4 key whose own signatures hold),
 * `openpgp_too_many_parts` (over 32 subkeys and user ids), `openpgp_revoked`, `openpgp_expired`, `openpgp_no_encryption`,
 * `openpgp_weak` (RSA below 3072 bits, other curves than Curve25519 and P-256, other kinds), `openpgp_not_bare` (a binding that names somebody).
 */
export async function bareOpenpgpKey(material: Uint8Array, at: Date): Promise<BareOpenpgpKey> {
  if (material.length > OPENPGP_MAX_BYTES) throw new CryptoError('openpgp_too_large', `more than ${OPENPGP_MAX_BYTES} bytes of key material`);
  const key = await readOne(material);
  if (key.users.length + key.subkeys.length > OPENPGP_MAX_PARTS) throw new CryptoError('openpgp_too_many_parts', `more than ${OPENPGP_MAX_PARTS} subkeys and user ids`);
  if (await key.isRevoked(undefined, undefined, at)) throw new CryptoError('openpgp_revoked', 'the OpenPGP key is revoked');
  const ends = await key.getExpirationTime().catch(() => null);
  if (ends === null) throw new CryptoError('openpgp_malformed', 'an OpenPGP key without a valid signature of its own');
  if (ends !== Infinity && ends <= at) throw new CryptoError('openpgp_expired', 'the OpenPGP key has expired');
  if (!isStrong(key)) throw weak();
  const { subkey, binding } = await encryptionSubkey(key, at);
  const packets = new openpgp.PacketList<openpgp.AnyPacket>();
  packets.push(key.keyPacket, subkey.keyPacket, binding);
  const subkeyEnds = await subkey.getExpirationTime(at);
  const ended = [ends, subkeyEnds].filter((time): time is Date => time instanceof Date).toSorted((a, b) => a.getTime() - b.getTime())[0];
  return { key: armored(packets), not_after: ended?.toISOString() ?? null };
}

/**
 * The subkey to encrypt to, of a bare key: exactly the text that `bareOpenpgpKey` writes, strong, neither revoked nor expired at `at`.
 * Refuses with `openpgp_not_bare` and the codes of `bareOpenpgpKey`.
 */
export async function readBareOpenpgpKey(text: string, at: Date): Promise<openpgp.Subkey> {
  const material = utf8(text);
  if (material.length > OPENPGP_MAX_BYTES) throw new CryptoError('openpgp_too_large', `more than ${OPENPGP_MAX_BYTES} bytes of key material`);
  const key = await readOne(material);
  if (key.users.length > 0 || key.subkeys.length !== 1 || key.revocationSignatures.length > 0) throw notBare();
  if (!isStrong(key)) throw weak();
  const { subkey, binding } = await encryptionSubkey(key, at);
  const packets = new openpgp.PacketList<openpgp.AnyPacket>();
  packets.push(key.keyPacket, subkey.keyPacket, binding);
  if (armored(packets) !== text) throw notBare();
  return subkey;
}

async function readOne(material: Uint8Array): Promise<openpgp.Key> {
  const text = new TextDecoder().decode(material);
  // Before anything is parsed: a secret that comes here is told at once, whatever else is wrong with it.
  if (text.includes('-----BEGIN PGP PRIVATE KEY')) throw secret();
  let keys: openpgp.Key[];
  try {
    keys = text.includes('-----BEGIN PGP') ? await openpgp.readKeys({ armoredKeys: text }) : await openpgp.readKeys({ binaryKeys: material });
  } catch (cause) {
    throw new CryptoError('openpgp_malformed', 'not an OpenPGP public key', cause);
  }
  const [key] = keys;
  if (key === undefined || keys.length > 1) throw new CryptoError('openpgp_malformed', `${keys.length} OpenPGP keys where one is expected`);
  if (key.isPrivate()) throw secret();
  if (key.keyPacket.version !== 4) throw new CryptoError('openpgp_malformed', 'an OpenPGP key of another version than 4, which stock gpg does not read');
  return key;
}

async function encryptionSubkey(key: openpgp.Key, at: Date): Promise<{ subkey: openpgp.Subkey; binding: openpgp.SignaturePacket }> {
  let refusal = new CryptoError('openpgp_no_encryption', 'an OpenPGP key without a subkey for encryption');
  for (const subkey of key.subkeys.toSorted((a, b) => b.getCreationTime().getTime() - a.getCreationTime().getTime())) {
    let binding: openpgp.SignaturePacket;
    try {
      binding = await subkey.verify(at);
    } catch (cause) {
      refusal = subkeyRefusal(cause) ?? refusal;
      continue;
    }
    // Subkeys that also sign are left out: their bindings hold a second signature that says who knows what.
    if (((binding.keyFlags?.[0] ?? 0) & ENCRYPTS) === 0 || binding.embeddedSignature !== null) continue;
    if (!isStrong(subkey)) {
      refusal = weak();
      continue;
    }
    if (namesSomebody(binding)) throw notBare();
    return { subkey, binding };
  }
  throw refusal;
}

// The library says it in words only.
function subkeyRefusal(cause: unknown): CryptoError | undefined {
  const words = cause instanceof Error ? cause.message : '';
  if (words.includes('revoked')) return new CryptoError('openpgp_revoked', 'the encryption subkey is revoked', cause);
  if (words.includes('expired')) return new CryptoError('openpgp_expired', 'the encryption subkey has expired', cause);
  return undefined;
}

function namesSomebody(binding: openpgp.SignaturePacket): boolean {
  const { signersUserID, policyURI, preferredKeyServer, rawNotations, unknownSubpackets } = binding;
  if (signersUserID !== null || policyURI !== null || preferredKeyServer !== null || unknownSubpackets.length > 0) return true;
  return rawNotations.some(({ name }) => name !== SALT_NOTATION);
}

function isStrong(key: openpgp.Key | openpgp.Subkey): boolean {
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  if (algorithm === 'rsaEncryptSign' || algorithm === 'rsaEncrypt' || algorithm === 'rsaSign') return bits !== undefined && bits >= RSA_MIN_BITS;
  if (algorithm === 'ed25519' || algorithm === 'x25519') return true;
  return (algorithm === 'ecdh' || algorithm === 'ecdsa' || algorithm === 'eddsaLegacy') && curve !== undefined && CURVES.has(curve);
}

function armored(packets: openpgp.PacketList<openpgp.AnyPacket>): string {
  return openpgp.armor(openpgp.enums.armor.publicKey, packets.write(), undefined, undefined, undefined, true);
}

function secret(): CryptoError {
  return new CryptoError('openpgp_secret_key', 'this holds a secret key, which must stay where it is');
}

function weak(): CryptoError {
  return new CryptoError('openpgp_weak', 'neither RSA of 3072 bits or more, Curve25519 nor P-256');
}

function notBare(): CryptoError {
  return new CryptoError('openpgp_not_bare', 'an OpenPGP key with more than its main key and one encryption subkey');
}
