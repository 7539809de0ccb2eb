import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What a visitor's authenticator holds of one portal: an ES256 key that signs as a passkey does. For the demonstration, the tour and tests: it asks nobody for a fingerprint, it only says so. */
export interface SoftwareAuthenticator {
  /** Answers options of `navigator.credentials.create`, as the JSON that a page sends. */
  create(options: CreationOptions, o?: Spoilt): string;
  /** Answers options of `navigator.credentials.get`. */
  get(options: RequestOptions, o?: Spoilt): string;
  readonly credential_id: string;
}

/** The part of the portal's options that an authenticator looks at. */
export interface CreationOptions {
  challenge: string;
  rp: { id?: string };
}
export interface RequestOptions {
  challenge: string;
  rpId?: string;
}

/** What a test may make wrong in an answer. */
export interface Spoilt {
  origin?: string;
  /** The signature counter; one more than last time unless given. */
  counter?: number;
  /** Whether the person was verified; true unless given. */
  user_verified?: boolean;
  /** The credential named by the answer; the authenticator's own unless given. */
  credential_id?: string;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const WITH_CREDENTIAL = 0x40;

/** Makes an authenticator with a fresh key, in a browser that shows pages of `origin`. */
export function createSoftwareAuthenticator(origin: string): SoftwareAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  const credential_id = id.toString('base64url');
  let counter = 0;

  const client = (type: string, challenge: string, o: Spoilt) => Buffer.from(JSON.stringify({ type, challenge, origin: o.origin ?? origin, crossOrigin: false }));
  const facts = (rp_id: string, flags: number, o: Spoilt): Buffer => {
    counter = o.counter ?? counter + 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const verified = o.user_verified === false ? 0 : USER_VERIFIED;
    return Buffer.concat([createHash('sha256').update(rp_id).digest(), Buffer.from([flags | USER_PRESENT | verified]), count]);
  };
  const answer = (response: Record<string, unknown>, o: Spoilt): string => {
    const named = o.credential_id ?? credential_id;
    return JSON.stringify({ id: named, rawId: named, type: 'public-key', response });
  };

  return {
    credential_id,
    create(options, o = {}) {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const data = Buffer.concat([facts(options.rp.id ?? '', WITH_CREDENTIAL, o), Buffer.alloc(16), length, id, coseKey(publicKey)]);
      // {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
      const attestation = Buffer.concat([Buffer.from([0xa3]), text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0]), text('authData'), bytes(data)]);
      return answer({ clientDataJSON: client('webauthn.create', options.challenge, o).toString('base64url'), attestationObject: attestation.toString('base64url'), transports: ['internal'] }, o);
    },
    get(options, o = {}) {
      const data = facts(options.rpId ?? '', 0, o);
      const said = client('webauthn.get', options.challenge, o);
      const signature = sign('sha256', Buffer.concat([data, createHash('sha256').update(said).digest()]), privateKey);
      return answer({ clientDataJSON: said.toString('base64url'), authenticatorData: data.toString('base64url'), signature: signature.toString('base64url') }, o);
    },
  };
}

/** The COSE_Key of an ES256 public key (RFC 9053 §7.1.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const point = (label: number, coordinate: string) => Buffer.concat([Buffer.from([label]), bytes(Buffer.from(coordinate, 'base64url'))]);
  return Buffer.concat([Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]), point(0x21, x), point(0x22, y)]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)]);
}

function bytes(value: Buffer): Buffer {
  const head = value.length < 256 ? Buffer.from([0x58, value.length]) : Buffer.from([0x59, value.length >> 8, value.length & 255]);
  return Buffer.concat([head, value]);
}
