import type { Logger } from 'pino';
import type { BrokerKeys } from '../keys/load-broker-keys.ts';
import type { Db } from '../portal.ts';

/**
 * All collaborators of the broker, the one process that can open deposited content keys. `db` is a pool under the broker's own role,
 * which reads grants, signed requests, key sets, manifests, deposits and the log, and writes only: its own schema, acts, key
 * packages, the state of release jobs, and when it was seen.
 */
export interface Broker {
  db: Db;
  keys: BrokerKeys;
  clock: { now(): Date };
  random: (size: number) => Uint8Array;
  logger: Logger;
}
