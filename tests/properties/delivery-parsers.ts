import { generateKey } from 'openpgp';
import {
  type Binding, bareOpenpgpKey, CryptoError, generateAgeIdentity, generateContentKey, generateDeliveryJwk, importDeliveryJwk, openDelivery, openKeyPackage, parseDeliveryJwk, publicHalf, sealDelivery, sealKeyPackage, utf8,
} from '#crypto';
import { readBareOpenpgpKey } from '../../crypto/delivery/openpgp-key.ts';
import { longTexts, near, nearBytes, nearJson, type Parser, parser, sameBytes, sameJson } from './parser.ts';

const at = new Date('2026-11-24T12:00:00Z');
const binding: Binding = ['sceau-test-v1', 'x'];

/** Every reader of delivery keys and of what is sealed to them. */
export async function deliveryParsers(): Promise<Parser[]> {
  const [okp, ec] = [generateDeliveryJwk(), generateDeliveryJwk('P-256')];
  const pair = await importDeliveryJwk(okp);
  const p256 = await importDeliveryJwk(ec);
  const jwe = await sealDelivery('text', { form: 'jwe', key: pair.public_jwk }, { binding, at });
  const age = await generateAgeIdentity();
  const contentKey = await generateContentKey('5f0c2e1a-3b4d-4c5e-8f60-718293a4b5c6', 2);
  const grant_id = '6f0c2e1a-3b4d-4c5e-8f60-718293a4b5c6';
  const pack = await sealKeyPackage(contentKey, { form: 'age', key: age.recipient }, { grant_id, at });
  const gpg = await generateKey({ type: 'ecc', curve: 'curve25519Legacy', userIDs: [{ name: 'Ada', email: 'ada@exemple.fr' }], date: new Date('2026-01-01T00:00:00Z'), format: 'armored' });
  const { key: bare } = await bareOpenpgpKey(utf8(gpg.publicKey), at);
  const message = await sealDelivery('text', { form: 'openpgp', key: bare }, { binding, at });
  return [
    parser({ name: 'crypto/delivery/jwe-key.ts#parseDeliveryJwk', inputs: nearJson(pair.public_jwk, p256.public_jwk), run: parseDeliveryJwk, refuses: CryptoError, holds: (jwk, input) => Object.keys(input as object).length === Object.keys(jwk).length && Object.entries(jwk).every(([name, value]) => (input as Record<string, unknown>)[name] === value) }),
    parser({ name: 'crypto/delivery/jwe-key.ts#publicHalf', inputs: nearJson(JSON.parse(okp), JSON.parse(ec)), run: publicHalf, refuses: CryptoError, holds: (jwk) => sameJson(parseDeliveryJwk(jwk), jwk) && !('d' in jwk) }),
    parser({ name: 'crypto/delivery/jwe-key.ts#importDeliveryJwk', inputs: near(okp, ec), runs: 100, run: importDeliveryJwk, refuses: CryptoError, holds: (read) => sameJson(read.public_jwk, pair.public_jwk) || sameJson(read.public_jwk, p256.public_jwk), baits: longTexts(100_000) }),
    parser({ name: 'crypto/delivery/sealed-delivery.ts#openDelivery (jwe)', inputs: near(new TextDecoder().decode(jwe)), runs: 100, run: (input) => openDelivery(utf8(input.toWellFormed()), { form: 'jwe', ...pair }, { binding }), refuses: CryptoError, holds: (text, input) => new TextDecoder().decode(text) === 'text' && sameJson(JSON.parse(input), JSON.parse(new TextDecoder().decode(jwe))), baits: longTexts(100_000) }),
    parser({ name: 'crypto/delivery/sealed-delivery.ts#openDelivery (openpgp)', inputs: nearBytes(message), runs: 60, run: (input) => openDelivery(input, { form: 'openpgp', secret_key: gpg.privateKey }, { binding }), refuses: CryptoError, holds: (text) => new TextDecoder().decode(text) === 'text' }),
    parser({ name: 'crypto/delivery/key-package.ts#openKeyPackage', inputs: nearBytes(pack), runs: 80, run: (input) => openKeyPackage(input, { form: 'age', identity: age.identity }, { grant_id, dataset_id: contentKey.dataset_id, epoch: 2 }), refuses: CryptoError, holds: (opened, input) => opened.text === contentKey.text && sameBytes(input, pack) }),
    parser({ name: 'crypto/delivery/openpgp-key.ts#bareOpenpgpKey', inputs: near(gpg.publicKey), runs: 60, run: (input) => bareOpenpgpKey(utf8(input.toWellFormed()), at), refuses: CryptoError, holds: (kept) => kept.key === bare, baits: longTexts(65_000) }),
    parser({ name: 'crypto/delivery/openpgp-key.ts#readBareOpenpgpKey', inputs: near(bare), runs: 60, run: (input) => readBareOpenpgpKey(input.toWellFormed(), at), refuses: CryptoError, holds: (_subkey, input) => input === bare, baits: longTexts(65_000) }),
  ];
}
