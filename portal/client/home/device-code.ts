import { encodeBase64url, parsePublicJwk, type PublicJwk, recipientKind, sha256, thumbprint, utf8 } from '#crypto';
import { ClientError } from '../errors.ts';

/** The public keys of a device that wants to join, as its code says them. */
export interface DeviceOffer {
  jwk: PublicJwk;
  recipient: string;
  /** Name of the identity key. */
  kid: string;
}

const CHECK_LENGTH = 6;

/**
 * The code that a new device shows and an old one is given: `sceau1.` identity key `.` recipient `.` check, on one line, short enough for a
 * QR code. It holds public keys only, so whoever sees it learns nothing; the check tells a code that was cut or mistyped.
 */
export function encodeDeviceCode(o: Pick<DeviceOffer, 'jwk' | 'recipient'>): string {
  const text = `sceau1.${o.jwk.x}.${o.recipient}`;
  return `${text}.${checkOf(text)}`;
}

/** The keys of a device code, blanks and line ends apart; refuses with `device_code_refused`. */
export function decodeDeviceCode(code: string): DeviceOffer {
  const bare = code.replaceAll(/\s/g, '');
  const [, text, x, recipient, check] = /^(sceau1\.([A-Za-z0-9_-]{43})\.(age1[a-z0-9]{10,2000}))\.([A-Za-z0-9_-]{6})$/.exec(bare) ?? [];
  if (text === undefined || x === undefined || recipient === undefined || check !== checkOf(text)) throw refused();
  try {
    recipientKind(recipient);
    const jwk = parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x });
    return { jwk, recipient, kid: thumbprint(jwk) };
  } catch (cause) {
    throw refused(cause);
  }
}

function checkOf(text: string): string {
  return encodeBase64url(sha256(utf8(text))).slice(0, CHECK_LENGTH);
}

function refused(cause?: unknown): ClientError {
  return new ClientError('device_code_refused', 'This is not the whole code of a device.', { cause });
}
