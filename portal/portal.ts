import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { SigningKey, Statement } from '#crypto';
import type { PortalConfig } from './config.ts';
import type { Tables } from './db/tables.ts';
import type { BodyStore } from './storage/body-store.ts';

/** A handle on the database: a pool or a transaction alike. */
export type Db = Kysely<Tables>;

/** The portal's own keys that the web process holds; the broker's secret ones never are among them. */
export interface PortalKeys {
  portal_id: string;
  /** The portal's key set chain, oldest first, as published. */
  key_sets: readonly Statement[];
  /** Digest of the newest key set's payload. */
  key_set_digest: string;
  /** Name of the log in checkpoints, from the key set. */
  log_origin: string;
  log_key: SigningKey;
  decision_key: SigningKey;
  /** 32 bytes under which codes that people type are stored; in no database. */
  code_key: Uint8Array;
  broker_recipient: string;
}

/** All collaborators of the portal; first argument of every command. */
export interface Portal {
  config: PortalConfig;
  db: Db;
  store: BodyStore;
  keys: PortalKeys;
  logger: Logger;
  clock: { now(): Date };
  /** Random bytes; replaceable in tests. */
  random: (size: number) => Uint8Array;
  newUuid: () => string;
}

/** Who is calling, found once per request by `parties/find-caller.ts` (signed calls) or `parties/find-session.ts` (pages). An application has `scopes`. */
export type Caller =
  | { kind: 'anonymous' }
  | { kind: 'node'; kid: string; producer_ids: readonly string[] }
  | { kind: 'consumer'; kid: string; consumer_id: string; role: 'identity' | 'application'; scopes?: readonly string[] }
  | { kind: 'member'; member_id: string; email: string; name: string; language: string; operator: boolean; officer_of: readonly string[]; stepped_up_at: Date | null }
  | { kind: 'command_line' };
