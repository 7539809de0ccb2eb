import type { ConsumerKeySet, Delivery } from '#catalog-schema';
import { thumbprint } from '#crypto';
import { ClientError } from '../errors.ts';
import { BACKUP_NAME } from '../home/consumer-keys.ts';
import type { DeviceOffer } from '../home/device-code.ts';

/** One device of a consumer: an identity key, and the delivery keys that it holds. */
export interface Device {
  kid: string;
  /** What its owner calls it; empty where nobody said. */
  name: string;
  delivery: Delivery[];
}

type Change = Pick<ConsumerKeySet, 'keys' | 'delivery'>;

/** The devices of a key set, the printed backup among them. */
export function devicesOf({ keys, delivery }: ConsumerKeySet): Device[] {
  return keys
    .filter((key) => key.roles.includes('identity'))
    .map((key) => {
      const kid = thumbprint(key.jwk);
      const own = delivery.filter((one) => one.device === kid);
      return { kid, name: own[0]?.name ?? '', delivery: own };
    });
}

/** The set with one more device; a device that stands in it already changes nothing. */
export function addDevice(set: ConsumerKeySet, offer: DeviceOffer, name: string): Change {
  if (devicesOf(set).some((device) => device.kid === offer.kid)) return { keys: set.keys, delivery: set.delivery };
  const { kty, crv, x } = offer.jwk;
  if (kty !== 'OKP' || crv !== 'Ed25519') throw new ClientError('device_code_refused', 'A device has an Ed25519 key.');
  return {
    keys: [...set.keys, { jwk: { kty, crv, x }, roles: ['identity'] }],
    delivery: [...set.delivery, { form: 'age', key: offer.recipient, name, device: offer.kid }],
  };
}

/** The set without a device and the delivery keys that it holds. */
export function retireDevice(set: ConsumerKeySet, kid: string): Change {
  return { keys: set.keys.filter((key) => thumbprint(key.jwk) !== kid), delivery: set.delivery.filter((one) => one.device !== kid) };
}

/** The one device that a name or the first characters of its kid mean; `key_unknown` when none does, or several do. */
export function findDevice(set: ConsumerKeySet, text: string): Device {
  const devices = devicesOf(set);
  const named = devices.filter((device) => device.name === text);
  const found = named.length > 0 ? named : devices.filter((device) => text.length >= 6 && device.kid.startsWith(text));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new ClientError('key_unknown', `${text} names none of your devices.`, { facts: { value: text } });
  return only;
}

/** Whether a device is the printed backup. */
export function isBackup(device: Device): boolean {
  return device.name === BACKUP_NAME;
}
