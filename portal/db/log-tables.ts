import type { ColumnType } from 'kysely';
import type { BigInteger, Bytes, NullableBigInteger, NullableBytes, Timestamp } from './columns.ts';

export interface LogActTable {
  act_id: ColumnType<string, never, never>;
  type: string;
  leaf: Bytes;
  subject_digest: string;
  blind_key: NullableBytes;
  /** Digest of the grant that this act ends; null for every other act. Written once. */
  about_digest: ColumnType<string | null, string | null | undefined, never>;
  leaf_index: NullableBigInteger;
  created_at: Timestamp;
}

export interface LogHashTable {
  level: number;
  index: BigInteger;
  hash: Bytes;
}

export interface LogCheckpointTable {
  size: BigInteger;
  root: Bytes;
  note: string;
  created_at: Timestamp;
}

export interface LeaseTable {
  name: string;
  holder: string;
  token: BigInteger;
  expires_at: Timestamp;
}

export interface ProcessSeenTable {
  name: string;
  seen_at: Timestamp;
  detail: ColumnType<unknown, string | undefined, string>;
}
