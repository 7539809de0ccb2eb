import { decodeBase64url } from '../base64url.ts';
import { utf8 } from '../bytes.ts';
import { type Digest, digestOf } from '../digest.ts';
import { CryptoError } from '../errors.ts';
import { parseCanonicalJson } from '../json/canonical-json.ts';
import { hasExactly } from '../json/shape.ts';
import { algorithmOf, type PublicJwk, thumbprint, verifySignature } from '../key/public-key.ts';
import { parseStatement, payloadBytes, STATEMENT_MAX_BYTES, type StatementSignature } from './statement.ts';
import { assertTyp } from './typ.ts';

/** What the verifier expects; nothing of it is read from the statement. */
export interface StatementPolicy {
  /** The one type accepted. */
  readonly typ: string;
  /** The key of that name that may sign this type here and now; `undefined` for any other name. */
  readonly keyFor: (kid: string) => PublicJwk | undefined;
  /** How many distinct keys must have signed; 1 unless told. */
  readonly threshold?: number;
  /** Most payload bytes; 1.5 MiB unless told. */
  readonly maxBytes?: number;
}

/** A statement whose signatures all verified; use `payload` and `payload_bytes`, never the statement again. */
export interface VerifiedStatement {
  readonly payload: unknown;
  readonly payload_bytes: Uint8Array;
  /** Digest of the payload bytes: the statement's name. */
  readonly digest: Digest;
  /** The distinct keys that signed, in the statement's order. */
  readonly kids: readonly string[];
}

/**
 * Verifies a statement in the order of SPEC.md §3. Every signature must be by an expected key and verify: one that does not
 * spoils the statement, so nobody can carry unverified bytes inside a verified one. Refuses with `malformed_statement`,
 * `too_large`, `malformed_base64url`, `malformed_utf8`, `malformed_json` and its kin, `not_canonical`, `header_not_allowed`,
 * `algorithm_not_allowed`, `wrong_type`, `unknown_key`, `repeated_key`, `bad_signature`, `threshold_not_met`.
 */
export function verifyStatement(statement: unknown, policy: StatementPolicy): VerifiedStatement {
  assertTyp(policy.typ);
  const threshold = policy.threshold ?? 1;
  if (!Number.isSafeInteger(threshold) || threshold < 1) {
    throw new CryptoError('threshold_not_met', `a threshold of ${threshold} asks for nothing`);
  }

  // 1 outer form and size
  const outer = parseStatement(statement);
  const maxBytes = policy.maxBytes ?? STATEMENT_MAX_BYTES;
  // 2 strict base64url of the payload
  const bytes = payloadBytes(outer, maxBytes);

  const kids: string[] = [];
  for (const entry of outer.signatures) {
    // 3 header: strict base64url, strict canonical JSON, exact members, allowed algorithm, expected type
    const header = readHeader(entry, policy.typ);
    // 4 an expected key, for which the algorithm is the key's own
    const jwk = policy.keyFor(header.kid);
    if (jwk === undefined || thumbprint(jwk) !== header.kid) {
      throw new CryptoError('unknown_key', `no key ${header.kid} may sign ${policy.typ} here`);
    }
    if (algorithmOf(jwk) !== header.alg) {
      throw new CryptoError('algorithm_not_allowed', `${header.alg} is not the algorithm of key ${header.kid}`);
    }
    if (kids.includes(header.kid)) throw new CryptoError('repeated_key', `key ${header.kid} signed twice`);
    // 5 the signature over exactly the characters received
    const signature = decodeBase64url(entry.signature);
    if (!verifySignature(jwk, utf8(`${entry.protected}.${outer.payload}`), signature)) {
      throw new CryptoError('bad_signature', `the signature of key ${header.kid} does not verify`);
    }
    kids.push(header.kid);
  }
  // 6 enough distinct keys
  if (kids.length < threshold) throw new CryptoError('threshold_not_met', `${kids.length} of ${threshold} keys signed`);
  // 7 one value, one text
  const payload = parseCanonicalJson(bytes, { maxBytes });
  return { payload, payload_bytes: bytes, digest: digestOf(bytes), kids };
}

const HEADER_MAX_BYTES = 512;

function readHeader(entry: StatementSignature, typ: string): { alg: string; kid: string } {
  if (entry.protected.length > HEADER_MAX_BYTES * 2) {
    throw new CryptoError('too_large', 'a protected header of more than 512 bytes');
  }
  const header = parseCanonicalJson(decodeBase64url(entry.protected), { maxBytes: HEADER_MAX_BYTES, maxDepth: 2 });
  if (!hasExactly(header, ['alg', 'kid', 'typ']) || typeof header['kid'] !== 'string') {
    throw new CryptoError('header_not_allowed', 'a protected header that is not exactly alg, kid and typ');
  }
  if (header['alg'] !== 'Ed25519' && header['alg'] !== 'ES256') {
    throw new CryptoError('algorithm_not_allowed', 'only Ed25519 and ES256 are accepted');
  }
  if (header['typ'] !== typ) throw new CryptoError('wrong_type', `a statement of another type than ${typ}`);
  return { alg: header['alg'], kid: header['kid'] };
}
