import { encodeBase64url } from '../base64url.ts';
import { randomBytes, sha256 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { signBytes, type SigningKey } from '../key/signing-key.ts';
import { requireContentType, writeContentDigest } from './content-digest.ts';
import { signMessage } from './message-signature.ts';
import { COMPONENTS, COMPONENTS_WITH_BODY, HTTP_ALGORITHM, LABEL, LIFETIME_SECONDS, requireTarget, TAG } from './profile.ts';

/** A call about to be made; `url` is absolute, `body` the exact bytes to send. */
export interface RequestToSign {
  readonly method: string;
  readonly url: string;
  readonly body?: Uint8Array;
  /** Media type of the body; `application/json` unless told. */
  readonly content_type?: string;
  /** SHA-256 of a body too large to hold, instead of `body`. */
  readonly body_sha256?: Uint8Array;
}

/**
 * Signs a call in the profile sceau-v1 (SPEC.md §8) for the next 60 seconds, once: returns the header fields to send with it, lower
 * case. Refuses with `target_malformed` or `content_type_malformed` what every server will refuse.
 */
export function signRequest(request: RequestToSign, key: SigningKey, o: { readonly now: Date }): Record<string, string> {
  const url = parseUrl(request.url);
  if (!/^[A-Z]{1,16}$/.test(request.method)) throw new CryptoError('target_malformed', 'a method that is not upper-case letters');
  requireTarget(`${url.pathname}${url.search}`);
  const digest = request.body_sha256 ?? (request.body === undefined ? undefined : sha256(request.body));
  const bodyFields: Record<string, string> = {};
  if (digest !== undefined) {
    bodyFields['content-digest'] = writeContentDigest(digest);
    bodyFields['content-type'] = requireContentType(request.content_type ?? 'application/json');
  }
  const created = Math.floor(o.now.getTime() / 1000);
  const signed = signMessage(
    { method: request.method, target_uri: url.href, fields: bodyFields },
    {
      label: LABEL,
      components: digest === undefined ? COMPONENTS : COMPONENTS_WITH_BODY,
      parameters: {
        created,
        expires: created + LIFETIME_SECONDS,
        nonce: encodeBase64url(randomBytes(16)),
        keyid: key.kid,
        alg: HTTP_ALGORITHM[key.alg],
        tag: TAG,
      },
      sign: (base) => signBytes(key, base),
    },
  );
  return { ...bodyFields, 'signature-input': signed.signature_input, signature: signed.signature };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (
    url === null ||
    (url.protocol !== 'https:' && url.protocol !== 'http:') ||
    url.hash !== '' ||
    url.username !== '' ||
    url.password !== ''
  ) {
    throw new CryptoError('target_malformed', 'not an http(s) URL without fragment and credentials');
  }
  // `new URL` drops a bare "?" from search but keeps it in href, and the wire carries href.
  if (url.href.endsWith('?')) throw new CryptoError('target_malformed', 'a query that is empty');
  return url;
}
