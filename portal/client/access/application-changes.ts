import type { ConsumerKeySet, Scope } from '#catalog-schema';
import { type PublicJwk, thumbprint } from '#crypto';
import { ClientError } from '../errors.ts';

/** One application of a consumer, as its newest key set names it. */
export interface Application {
  kid: string;
  name: string;
  scopes: readonly Scope[];
}

/** Everything that an application can be allowed. */
export const SCOPES: readonly Scope[] = ['catalogue:read', 'grants:read', 'packages:read'];

type Change = Pick<ConsumerKeySet, 'keys' | 'delivery'>;

/** The applications of a key set. */
export function applicationsOf({ keys }: ConsumerKeySet): Application[] {
  return keys.filter((key) => key.roles.includes('application')).map((key) => ({ kid: thumbprint(key.jwk), name: key.name ?? '', scopes: key.scopes ?? [] }));
}

/** The set with one more application, and with `recipient` the age key that opens what it fetches; a key that is in the set already is refused with `key_in_use`. */
export function addApplication(set: ConsumerKeySet, o: { jwk: PublicJwk; name: string; scopes: readonly Scope[]; recipient: string | undefined }): Change {
  const { kty, crv, x, y } = o.jwk;
  const jwk = kty === 'OKP' && crv === 'Ed25519' ? { kty, crv, x } : kty === 'EC' && crv === 'P-256' && y !== undefined ? { kty, crv, x, y } : undefined;
  if (jwk === undefined) throw new ClientError('delivery_key_refused', 'An application has an Ed25519 or P-256 key.', { facts: { why: 'Ed25519, P-256' } });
  const kid = thumbprint(jwk);
  if (set.keys.some((key) => thumbprint(key.jwk) === kid)) throw new ClientError('bad_input', 'This key stands in your key set already.', { reason: 'key_in_use', facts: { value: kid } });
  return {
    keys: [...set.keys, { jwk, roles: ['application'], name: o.name, scopes: [...o.scopes] }],
    delivery: o.recipient === undefined ? set.delivery : [...set.delivery, { form: 'age', key: o.recipient, name: o.name, device: kid }],
  };
}

/** The set without an application and the keys that open what it fetched. */
export function retireApplication(set: ConsumerKeySet, kid: string): Change {
  return { keys: set.keys.filter((key) => thumbprint(key.jwk) !== kid), delivery: set.delivery.filter((one) => one.device !== kid) };
}

/** The one application that a name or the first 6 or more characters of its kid mean; `key_unknown` when none does, or several do. */
export function findApplication(set: ConsumerKeySet, text: string): Application {
  const applications = applicationsOf(set);
  const named = applications.filter((one) => one.name === text);
  const found = named.length > 0 ? named : applications.filter((one) => text.length >= 6 && one.kid.startsWith(text));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new ClientError('key_unknown', `${text} names none of your applications.`, { facts: { value: text } });
  return only;
}
