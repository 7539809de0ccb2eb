import type { DeliverySecret, SigningKey } from '#crypto';
import { ClientError } from './errors.ts';
import { type ConsumerKeys, loadConsumerKeys } from './home/consumer-keys.ts';
import { type Home, openHome } from './home/home-folder.ts';
import { type PinStore, pinsInHome, pinsInMemory } from './home/pin-store.ts';

/** The languages that the portal answers in. */
export type Language = 'fr' | 'en';

/** What a client is made of; only `portal_url` is needed. */
export interface ClientOptions {
  /** Where the portal answers: `https://data.example.org`; http only on this machine, unless `insecure`. */
  portal_url: string;
  /** Folder of keys and pins (mode 0700, made if missing); without it, pins last as long as the client and there are no keys. */
  home?: string;
  /** Signs calls instead of the identity key of the home: an application, or a producer's node. */
  key?: SigningKey;
  /** The consumer's keys, for programs that keep them elsewhere than in a home. */
  consumer_keys?: ConsumerKeys;
  /** Opens key packages instead of the age identity of the home: a JWK, for programs that registered one. */
  delivery_secret?: DeliverySecret;
  /** Where pins are kept, instead of the home or memory. */
  pins?: PinStore;
  now?: () => Date;
  fetch?: typeof fetch;
  language?: Language;
  /** Accepts http to other machines: for closed networks only. */
  insecure?: boolean;
}

/** All collaborators of the consumer's side; first argument of everything that calls the portal. */
export interface Client {
  /** Origin without trailing slash. */
  readonly portal_url: string;
  readonly language: Language;
  readonly pins: PinStore;
  readonly now: () => Date;
  readonly fetch: typeof fetch;
  /** The key that signs calls; refuses with `keys_missing`. */
  readonly signingKey: () => Promise<SigningKey>;
  /** The consumer's keys; refuses with `keys_missing`. */
  readonly consumerKeys: () => Promise<ConsumerKeys>;
  /** What opens key packages: the age identity of the consumer's keys unless told; refuses with `keys_missing`. */
  readonly deliverySecret: () => Promise<DeliverySecret>;
  /** The home, when there is one. */
  readonly home: () => Promise<Home | undefined>;
}

/**
 * The collaborators of a client. Nothing is read or called before it is needed. Refuses with `bad_input` what is no web address and with
 * `insecure_portal` plain http to another machine.
 */
export function makeClient(options: ClientOptions): Client {
  const portal_url = portalOrigin(options.portal_url, options.insecure ?? false);
  let opened: Promise<Home> | undefined;
  const home = (): Promise<Home | undefined> => {
    if (options.home === undefined) return Promise.resolve(undefined);
    opened ??= openHome(options.home);
    return opened;
  };
  // Read anew each time: another program, or this one, may have written a next key set.
  const consumerKeys = async (): Promise<ConsumerKeys> => {
    if (options.consumer_keys !== undefined) return options.consumer_keys;
    const folder = await home();
    const loaded = folder === undefined ? undefined : await loadConsumerKeys(folder);
    if (loaded === undefined) throw new ClientError('keys_missing', 'There are no keys yet; make them with: sceau keygen');
    return loaded;
  };
  return {
    portal_url,
    language: options.language ?? 'en',
    pins: options.pins ?? (options.home === undefined ? pinsInMemory() : lazyPins(home)),
    now: options.now ?? (() => new Date()),
    fetch: options.fetch ?? fetch,
    signingKey: async () => options.key ?? (await consumerKeys()).signing_key,
    consumerKeys,
    deliverySecret: async () => options.delivery_secret ?? { form: 'age', identity: (await consumerKeys()).identity },
    home,
  };
}

/** The origin of a portal's address, without trailing slash; refuses with `bad_input` or `insecure_portal`. */
export function portalOrigin(text: string, insecure = false): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new ClientError('bad_input', `${text} is not the address of a portal, like https://data.example.org`, { facts: { value: text } });
  }
  if (url.protocol === 'http:' && !insecure && !isLoopback(url.hostname)) {
    throw new ClientError('insecure_portal', `${url.origin} would be called without encryption; use https.`, { facts: { value: url.origin } });
  }
  return url.origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(hostname);
}

function lazyPins(home: () => Promise<Home | undefined>): PinStore {
  let held: PinStore | undefined;
  const store = async (): Promise<PinStore> => {
    const folder = await home();
    held ??= folder === undefined ? pinsInMemory() : pinsInHome(folder);
    return held;
  };
  return {
    load: async () => (await store()).load(),
    learn: async (pins) => (await store()).learn(pins),
    change: async (change) => (await store()).change(change),
  };
}
