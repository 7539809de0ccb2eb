import { encodeBase64url } from '../base64url.ts';
import { utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { canonicalBytes } from '../json/canonical-json.ts';
import { signBytes, type SigningKey } from '../key/signing-key.ts';
import { type Statement, STATEMENT_MAX_BYTES, STATEMENT_MAX_SIGNATURES } from './statement.ts';
import { assertTyp } from './typ.ts';

/**
 * Signs the JCS bytes of `payload` as a statement of type `typ`, once per key; every reader will refuse another type.
 * Refuses `not_json`, `too_large`, `wrong_type` (not a statement type), `repeated_key`, `malformed_statement` (no key, or too many).
 */
export function signStatement(typ: string, payload: unknown, keys: readonly SigningKey[]): Statement {
  assertTyp(typ);
  if (keys.length === 0 || keys.length > STATEMENT_MAX_SIGNATURES) {
    throw new CryptoError('malformed_statement', `${keys.length} signing keys`);
  }
  if (new Set(keys.map((key) => key.kid)).size !== keys.length) {
    throw new CryptoError('repeated_key', 'one key twice among the signers');
  }
  const bytes = canonicalBytes(payload);
  if (bytes.length > STATEMENT_MAX_BYTES) throw new CryptoError('too_large', `a payload of ${bytes.length} bytes`);
  const encoded = encodeBase64url(bytes);
  return {
    payload: encoded,
    signatures: keys.map((key) => {
      const header = encodeBase64url(canonicalBytes({ alg: key.alg, kid: key.kid, typ }));
      return { protected: header, signature: encodeBase64url(signBytes(key, utf8(`${header}.${encoded}`))) };
    }),
  };
}
