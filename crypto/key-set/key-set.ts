import { encodeBase64url } from '../base64url.ts';
import { sha256 } from '../bytes.ts';
import { type Digest, digestBytes } from '../digest.ts';
import { CryptoError } from '../errors.ts';
import { hasExactly, readTime } from '../json/shape.ts';
import { parsePublicJwk, type PublicJwk, thumbprint } from '../key/public-key.ts';
import { parseStatement, payloadBytes } from '../statement/statement.ts';

/** The three kinds of key set. */
export type KeySetType = 'producer-keys+jws' | 'consumer-keys+jws' | 'portal-keys+jws';

/** One key of a key set with its one role, and the time during which it holds it. */
export interface KeySetKey {
  readonly jwk: PublicJwk;
  readonly roles: readonly string[];
  readonly not_before?: string;
  readonly not_after?: string;
  /** What its owner calls an application. */
  readonly name?: string;
  /** What an application may do, in words of the schema; undefined for other roles. */
  readonly scopes?: readonly string[];
}

/** One version of a key set that its chain proved; `payload` holds the members that this folder does not know. */
export interface VerifiedKeySet {
  readonly party_id: string;
  readonly version: number;
  readonly digest: Digest;
  readonly payload: Record<string, unknown>;
  readonly keys: readonly (KeySetKey & { readonly kid: string })[];
  readonly threshold: number;
  readonly expires_at: string;
  /** Whether its predecessor's signing keys or its recovery keys made it the successor; `root` for version 1. */
  readonly authority: 'root' | 'recovery';
}

/** The members that every key set has, read from a payload. */
export type KeySetContent = Pick<VerifiedKeySet, 'version' | 'payload' | 'keys' | 'threshold' | 'expires_at'> & {
  readonly prev: Digest | null;
};

const KEY_SET_MAX_KEYS = 256;
const SCOPES_MAX = 16;

/** The role whose keys sign new versions of a set: the devices of a consumer, the offline roots of a producer or portal. */
export function signingRole(typ: KeySetType): 'identity' | 'root' {
  return typ === 'consumer-keys+jws' ? 'identity' : 'root';
}

/** The name of a party for ever: base64url of the SHA-256 of the payload of its first key set, which the caller has yet to verify. */
export function partyIdOf(firstStatement: unknown): string {
  return encodeBase64url(sha256(payloadBytes(parseStatement(firstStatement))));
}

/**
 * The members of a key set that a chain rests on, each checked: version, prev, threshold, expiry, keys that are well-formed,
 * stand once and have one role. Refuses with `malformed_key_set`, `key_reused`, `key_not_allowed`, `malformed_key`.
 */
export function readKeySet(payload: unknown, typ: KeySetType): KeySetContent {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new CryptoError('malformed_key_set', 'not an object');
  }
  const set: Record<string, unknown> = Object.fromEntries(Object.entries(payload));
  const { v, version, prev, threshold, expires_at, keys } = set;
  if (v !== 1) throw new CryptoError('malformed_key_set', 'v is not 1');
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw new CryptoError('malformed_key_set', 'version is not a positive integer');
  }
  if (typeof expires_at !== 'string' || readTime(expires_at) === undefined) {
    throw new CryptoError('malformed_key_set', 'expires_at is not a UTC time');
  }
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEY_SET_MAX_KEYS) {
    throw new CryptoError('malformed_key_set', `not 1 to ${KEY_SET_MAX_KEYS} keys`);
  }
  const read = keys.map(readKey);
  if (new Set(read.map((key) => key.kid)).size !== read.length) {
    throw new CryptoError('key_reused', 'one key stands twice in a key set');
  }
  const signers = read.filter((key) => key.roles[0] === signingRole(typ)).length;
  if (typeof threshold !== 'number' || !Number.isSafeInteger(threshold) || threshold < 1 || threshold > signers) {
    throw new CryptoError('malformed_key_set', `a threshold that ${signers} ${signingRole(typ)} keys cannot meet`);
  }
  return { version, payload: set, keys: read, threshold, expires_at, prev: readPrev(prev, version) };
}

function readPrev(prev: unknown, version: number): Digest | null {
  if (version === 1) {
    if (prev !== null) throw new CryptoError('malformed_key_set', 'version 1 has a predecessor');
    return null;
  }
  if (typeof prev !== 'string' || !isDigestText(prev)) throw new CryptoError('malformed_key_set', 'prev is not a digest');
  digestBytes(prev);
  return prev;
}

function isDigestText(text: string): text is Digest {
  return text.startsWith('sha256:');
}

function readKey(value: unknown): KeySetKey & { kid: string } {
  if (!hasExactly(value, ['jwk', 'roles'], ['not_before', 'not_after', 'name', 'scopes'])) {
    throw new CryptoError('malformed_key_set', 'a key that is not jwk, roles, its times, and of an application name and scopes');
  }
  const { roles, not_before, not_after, name, scopes } = value;
  if (!Array.isArray(roles) || roles.length !== 1 || typeof roles[0] !== 'string' || !/^[a-z][a-z_]{0,30}$/.test(roles[0])) {
    throw new CryptoError('key_reused', 'a key without exactly one role');
  }
  for (const time of [not_before, not_after]) {
    if (time !== undefined && readTime(time) === undefined) {
      throw new CryptoError('malformed_key_set', 'a time of a key that is not UTC');
    }
  }
  if (roles[0] !== 'application' && (name !== undefined || scopes !== undefined)) {
    throw new CryptoError('malformed_key_set', 'a name or scopes of a key that is no application');
  }
  if (name !== undefined && (typeof name !== 'string' || name === '')) throw new CryptoError('malformed_key_set', 'a name of an application that is no text');
  const jwk = parsePublicJwk(value['jwk']);
  return {
    kid: thumbprint(jwk),
    jwk,
    roles: [roles[0]],
    ...(typeof not_before === 'string' ? { not_before } : {}),
    ...(typeof not_after === 'string' ? { not_after } : {}),
    ...(typeof name === 'string' ? { name } : {}),
    ...(scopes === undefined ? {} : { scopes: readScopes(scopes) }),
  };
}

function readScopes(value: unknown): readonly string[] {
  const scopes: unknown[] = Array.isArray(value) ? value : [];
  const texts = scopes.filter((scope) => typeof scope === 'string' && /^[a-z]{1,30}:[a-z]{1,30}$/.test(scope)).map(String);
  if (texts.length === 0 || texts.length > SCOPES_MAX || texts.length !== scopes.length || new Set(texts).size !== texts.length) {
    throw new CryptoError('malformed_key_set', 'scopes that are not 1 to 16 different ones');
  }
  return texts;
}

/**
 * The key `kid` of a set if it holds `role`; with `at` (RFC 3339, UTC), only if it held it then: within its own times and before
 * the set expired. `undefined` otherwise. A malformed `at` is refused with `malformed_key_set`.
 */
export function keyWithRole(set: VerifiedKeySet, kid: string, role: string, at?: string): PublicJwk | undefined {
  const key = set.keys.find((candidate) => candidate.kid === kid);
  if (key === undefined || !key.roles.includes(role)) return undefined;
  if (at === undefined) return key.jwk;
  const time = requireTime(at);
  if (time >= requireTime(set.expires_at)) return undefined;
  if (key.not_before !== undefined && time < requireTime(key.not_before)) return undefined;
  if (key.not_after !== undefined && time >= requireTime(key.not_after)) return undefined;
  return key.jwk;
}

function requireTime(text: string): number {
  const time = readTime(text);
  if (time === undefined) throw new CryptoError('malformed_key_set', `${JSON.stringify(text)} is not a UTC time`);
  return time;
}
