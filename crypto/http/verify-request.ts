import { decodeBase64url, readBase64 } from '../base64url.ts';
import { CryptoError } from '../errors.ts';
import { algorithmOf, type PublicJwk, type SignatureAlgorithm, thumbprint, verifySignature } from '../key/public-key.ts';
import { readContentDigest, requireContentType } from './content-digest.ts';
import { verifyMessage } from './message-signature.ts';
import {
  COMPONENTS,
  COMPONENTS_WITH_BODY,
  HTTP_ALGORITHM,
  LABEL,
  LIFETIME_SECONDS,
  requireTarget,
  SKEW_SECONDS,
} from './profile.ts';

/** A call as it came in: `target` is the raw request target, before any decoding. */
export interface ReceivedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Whether the message has a body, however announced. */
  readonly has_body: boolean;
}

/** What the server expects; nothing of it is read from the message. */
export interface RequestPolicy {
  /** The key stored under that thumbprint, with the algorithm stored for it. */
  readonly keyFor: (kid: string) => Promise<{ readonly jwk: PublicJwk; readonly alg: SignatureAlgorithm } | undefined>;
  /** The origins under which this server is known outside, as configured: neither Host nor X-Forwarded-* decides. */
  readonly public_origins: readonly string[];
  readonly now: Date;
}

/** A call whose signature verified. */
export interface VerifiedRequest {
  readonly kid: string;
  readonly nonce: string;
  /** RFC 3339: until then the caller must remember (kid, nonce); afterwards the signature is too old everywhere. */
  readonly expires_at: string;
  /** The 32 bytes that SHA-256 of the body must give; present if and only if there is a body. */
  readonly content_digest?: Uint8Array;
}

// The whole field, byte for byte: one signature, our label, our components in order and bare, our parameters in order, our tag.
const SIGNATURE_INPUT =
  /^sig1=\("@method" "@authority" "@path" "@query"( "content-digest" "content-type")?\);created=([1-9][0-9]{0,11});expires=([1-9][0-9]{0,11});nonce="([A-Za-z0-9_-]{1,64})";keyid="([A-Za-z0-9_-]{43})";alg="(ed25519|ecdsa-p256-sha256)";tag="sceau-v1"$/;
const SIGNATURE = /^sig1=:([A-Za-z0-9+/]{86}==):$/;

/**
 * Verifies a signed call (SPEC.md §8) in the order form, key, time, signature. What remains for the caller, in this order: compare
 * SHA-256 of the body with `content_digest` before parsing it, then insert (kid, nonce) and refuse a repetition.
 * Refuses with `signature_missing`, `signature_repeated`, `signature_input_malformed`, `signature_malformed`, `target_malformed`,
 * `body_not_covered`, `content_digest_malformed`, `content_type_malformed`, `malformed_nonce`, `unknown_key`, `algorithm_not_allowed`,
 * `lifetime_too_long`, `created_in_future`, `signature_expired`, `bad_signature`, `origin_unknown` (no public origin configured).
 */
export async function verifyRequest(request: ReceivedRequest, policy: RequestPolicy): Promise<VerifiedRequest> {
  // 1 form
  const input = readInput(requireField(request, 'signature-input'));
  const signatureField = requireField(request, 'signature');
  const [, encoded] = SIGNATURE.exec(signatureField) ?? [];
  if (encoded === undefined || readBase64(encoded, 64) === undefined) {
    throw new CryptoError('signature_malformed', 'not exactly one signature of 64 bytes');
  }
  if (!/^[A-Z]{1,16}$/.test(request.method)) throw new CryptoError('target_malformed', 'a method that is not upper-case letters');
  requireTarget(request.target);
  if (input.coversBody !== request.has_body) {
    throw new CryptoError('body_not_covered', 'the signature and the message disagree on whether there is a body');
  }
  const fields: Record<string, string> = {};
  if (request.has_body) {
    fields['content-digest'] = requireField(request, 'content-digest');
    fields['content-type'] = requireContentType(requireField(request, 'content-type'));
  }
  const digest = fields['content-digest'] === undefined ? undefined : readContentDigest(fields['content-digest']);

  // 2 key: the stored one decides the algorithm
  const stored = await policy.keyFor(input.kid);
  if (stored === undefined || thumbprint(stored.jwk) !== input.kid) throw new CryptoError('unknown_key', 'no such key');
  if (stored.alg !== algorithmOf(stored.jwk) || HTTP_ALGORITHM[stored.alg] !== input.alg) {
    throw new CryptoError('algorithm_not_allowed', 'another algorithm than that of the stored key');
  }

  // 3 time
  const now = policy.now.getTime() / 1000;
  if (input.expires <= input.created || input.expires - input.created > LIFETIME_SECONDS) {
    throw new CryptoError('lifetime_too_long', `a signature for more than ${LIFETIME_SECONDS} s`);
  }
  if (input.created > now + SKEW_SECONDS) throw new CryptoError('created_in_future', 'a signature from the future');
  if (input.expires < now - SKEW_SECONDS) throw new CryptoError('signature_expired', 'a signature that has expired');

  // 4 signature, over one of the names by which this server is known
  const covered = { ...fields, 'signature-input': requireField(request, 'signature-input'), signature: signatureField };
  for (const origin of policy.public_origins) {
    const verified = await verifyMessage(
      { method: request.method, target_uri: `${originOf(origin)}${request.target}`, fields: covered },
      {
        label: LABEL,
        algorithm: input.alg,
        components: request.has_body ? COMPONENTS_WITH_BODY : COMPONENTS,
        now: Math.floor(now),
        verify: (base, signature) => verifySignature(stored.jwk, base, signature),
      },
    );
    if (verified) {
      const expires_at = new Date((input.expires + SKEW_SECONDS + 1) * 1000).toISOString();
      return { kid: input.kid, nonce: input.nonce, expires_at, ...(digest === undefined ? {} : { content_digest: digest }) };
    }
  }
  if (policy.public_origins.length === 0) throw new CryptoError('origin_unknown', 'no public origin is configured');
  throw new CryptoError('bad_signature', 'the signature does not verify');
}

function requireField(request: ReceivedRequest, name: string): string {
  const values = Object.entries(request.headers)
    .filter(([field, value]) => field.toLowerCase() === name && value !== undefined)
    .flatMap(([, value]) => value);
  const [value] = values;
  if (value === undefined) throw new CryptoError('signature_missing', `no ${name} field`);
  if (values.length !== 1) throw new CryptoError('signature_repeated', `the field ${name} stands more than once`);
  return value;
}

interface SignatureInput {
  readonly coversBody: boolean;
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly kid: string;
  readonly alg: string;
}

function readInput(field: string): SignatureInput {
  const [, body, created, expires, nonce, kid, alg] = SIGNATURE_INPUT.exec(field) ?? [];
  if (created === undefined || expires === undefined || nonce === undefined || kid === undefined || alg === undefined) {
    throw new CryptoError('signature_input_malformed', 'not a Signature-Input field of the profile sceau-v1');
  }
  try {
    const bytes = decodeBase64url(nonce);
    if (bytes.length < 16 || bytes.length > 32) throw new CryptoError('malformed_nonce', `a nonce of ${bytes.length} bytes`);
  } catch (cause) {
    throw new CryptoError('malformed_nonce', 'a nonce that is not 16 to 32 bytes of base64url', cause);
  }
  return { coversBody: body !== undefined, created: Number(created), expires: Number(expires), nonce, kid, alg };
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new CryptoError('origin_unknown', `${JSON.stringify(text)} is not an origin`);
  }
  return url.origin;
}
