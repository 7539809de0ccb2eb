import { decodeBase64url } from '../base64url.ts';
import { type Digest, digestOf } from '../digest.ts';
import { CryptoError } from '../errors.ts';
import { hasExactly } from '../json/shape.ts';
import { parseCanonicalJson } from '../json/canonical-json.ts';

/** One signature of a statement: base64url of the protected header's bytes, base64url of the 64 signature bytes. */
export interface StatementSignature {
  readonly protected: string;
  readonly signature: string;
}

/** A signed statement: JWS in General JSON form (RFC 7515 §7.2.1) with embedded payload and no unprotected header. */
export interface Statement {
  readonly payload: string;
  readonly signatures: readonly StatementSignature[];
}

/** Most bytes of payload in a statement (a manifest is the largest), unless the caller says less. */
export const STATEMENT_MAX_BYTES = 1.5 * 1024 * 1024;
/** Most signatures that one statement may carry. */
export const STATEMENT_MAX_SIGNATURES = 32;

/** The gate from foreign JSON to the outer form of a statement: exact members, no more than 32 signatures; `malformed_statement`. */
export function parseStatement(value: unknown): Statement {
  if (
    !hasExactly(value, ['payload', 'signatures']) ||
    typeof value['payload'] !== 'string' ||
    !Array.isArray(value['signatures'])
  ) {
    throw new CryptoError('malformed_statement', 'not an object of exactly payload and signatures');
  }
  if (value['signatures'].length === 0 || value['signatures'].length > STATEMENT_MAX_SIGNATURES) {
    throw new CryptoError(
      'malformed_statement',
      `${value['signatures'].length} signatures, where 1 to ${STATEMENT_MAX_SIGNATURES} are accepted`,
    );
  }
  const signatures = value['signatures'].map((entry: unknown): StatementSignature => {
    if (
      !hasExactly(entry, ['protected', 'signature']) ||
      typeof entry['protected'] !== 'string' ||
      typeof entry['signature'] !== 'string'
    ) {
      throw new CryptoError('malformed_statement', 'a signature that is not exactly protected and signature');
    }
    return { protected: entry['protected'], signature: entry['signature'] };
  });
  return { payload: value['payload'], signatures };
}

/** The payload bytes of a statement, unverified: `too_large` beyond `maxBytes`, `malformed_base64url` for lenient encodings. */
export function payloadBytes(statement: Statement, maxBytes: number = STATEMENT_MAX_BYTES): Uint8Array {
  if (statement.payload.length > Math.ceil((maxBytes * 4) / 3)) {
    throw new CryptoError('too_large', `a payload of more than ${maxBytes} bytes`);
  }
  return decodeBase64url(statement.payload);
}

/** The digest that names a statement, over its payload bytes; says nothing about the signatures. */
export function statementDigest(statement: unknown): Digest {
  return digestOf(payloadBytes(parseStatement(statement)));
}

/**
 * What a statement claims before anyone verified it: only to choose the keys to verify it with, or to show it as a claim.
 * Refuses what `verifyStatement` would refuse about the payload's form.
 */
export function readUnverifiedPayload(statement: unknown): unknown {
  return parseCanonicalJson(payloadBytes(parseStatement(statement)), { maxBytes: STATEMENT_MAX_BYTES });
}
