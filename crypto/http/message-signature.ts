import { createSignatureSync, type RequestDescriptor, SignatureError, verifySignature } from 'http-message-sig';
import { CryptoError } from '../errors.ts';

// The only file that knows the RFC 9421 library. It builds the signature base and matches fields; policy is decided elsewhere.

/** A request as far as signatures cover it: absolute target URI, and the header fields in question. */
export interface SignedMessage {
  readonly method: string;
  readonly target_uri: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The parameters of a signature, in the order in which they are written. */
export interface SignatureParameters {
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly keyid: string;
  readonly alg: string;
  readonly tag: string;
}

/** Signs a message; returns the values of the two header fields. */
export function signMessage(
  message: SignedMessage,
  o: { label: string; components: readonly string[]; parameters: SignatureParameters; sign: (base: Uint8Array) => Uint8Array },
): { signature: string; signature_input: string } {
  const fields = createSignatureSync(describe(message), {
    label: o.label,
    components: o.components,
    parameters: { ...o.parameters },
    signer: { algorithm: o.parameters.alg, sign: o.sign },
  });
  return { signature: fields.signature, signature_input: fields.signatureInput };
}

/** Whether the message's one signature verifies as cryptography; the caller has checked everything else. Times are not judged here. */
export async function verifyMessage(
  message: SignedMessage,
  o: {
    label: string;
    algorithm: string;
    components: readonly string[];
    now: number;
    verify: (base: Uint8Array, signature: Uint8Array) => boolean;
  },
): Promise<boolean> {
  try {
    await verifySignature(describe(message), {
      label: o.label,
      policy: {
        algorithms: [o.algorithm],
        requiredComponents: o.components,
        requiredParameters: [],
        now: o.now,
        clockSkew: Number.MAX_SAFE_INTEGER,
      },
      resolveVerifier: () => ({ algorithm: o.algorithm, verify: o.verify }),
    });
    return true;
  } catch (cause) {
    if (cause instanceof SignatureError && cause.code === 'VerificationFailed') return false;
    throw new CryptoError('signature_malformed', 'a signature that does not fit its message', cause);
  }
}

function describe(message: SignedMessage): RequestDescriptor {
  const fields = Object.entries(message.fields).map(([name, value]) => ({ name, value }));
  return { kind: 'request', method: message.method, targetUri: message.target_uri, fields };
}
