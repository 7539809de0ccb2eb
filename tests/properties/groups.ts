import { clientParsers } from './client-parsers.ts';
import { cryptoParsers } from './crypto-parsers.ts';
import { deliveryParsers } from './delivery-parsers.ts';
import { nodeParsers } from './node-parsers.ts';
import type { Parser } from './parser.ts';
import { portalParsers } from './portal-parsers.ts';
import { schemaParsers } from './schema-parsers.ts';

/** The parsers of each folder, and what removes the files that they needed. */
export const groups: Readonly<Record<string, () => Promise<{ parsers: Parser[]; clean_up: () => Promise<void> }>>> = {
  'crypto/': async () => ({ parsers: await cryptoParsers(), clean_up: nothing }),
  'crypto/delivery/': async () => ({ parsers: await deliveryParsers(), clean_up: nothing }),
  'catalog-schema/': async () => ({ parsers: schemaParsers(), clean_up: nothing }),
  'portal/': async () => ({ parsers: portalParsers(), clean_up: nothing }),
  'portal/client/': clientParsers,
  'producer-node/': nodeParsers,
};

function nothing(): Promise<void> {
  return Promise.resolve();
}
