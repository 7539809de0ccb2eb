import type { BigInteger, Bytes, Json, Nullable, NullableBigInteger, NullableBytes, NullableTimestamp, Timestamp } from './columns.ts';

export interface DatasetTable {
  dataset_id: string;
  producer_id: string;
  producer_name: string;
  head_version: number;
  head_digest: string;
  status: 'active' | 'withdrawn' | 'erased';
  frozen_at: NullableTimestamp;
  access: 'open' | 'restricted';
  custody: 'none' | 'portal' | 'producer';
  title: string;
  lang: string;
  synopsis: string;
  theme: Nullable<string>;
  keywords: string[];
  licence: Nullable<string>;
  media_types: string[];
  formats: string[];
  view: Json;
  search: string;
  first_published_at: Timestamp;
  published_at: Timestamp;
  updated_at: Timestamp;
}

export interface DatasetVersionTable {
  dataset_id: string;
  version: number;
  digest: string;
  manifest: string;
  status: string;
  issued_at: Timestamp;
  published_at: Timestamp;
  act_id: BigInteger;
}

export interface EquivocationTable {
  dataset_id: string;
  version: number;
  digest: string;
  manifest: string;
  seen_at: Timestamp;
}

export interface DatasetResourceTable {
  dataset_id: string;
  version: number;
  resource_id: string;
  position: number;
  kind: 'file' | 'link' | 'service' | 'series';
  name: string;
  media_type: Nullable<string>;
  root: Nullable<string>;
  body_size: NullableBigInteger;
  epoch: Nullable<number>;
  header: NullableBytes;
}

export interface DatasetContactTable {
  dataset_id: string;
  version: number;
  contact_id: string;
  salt: string;
  contact: Json;
}

export interface HeadsTable {
  producer_id: string;
  seq: BigInteger;
  statement: string;
  entries: Json;
  issued_at: Timestamp;
  expires_at: Timestamp;
  act_id: BigInteger;
}

export interface BodyTable {
  root: string;
  body_size: BigInteger;
  stored_at: Timestamp;
}

export interface BodyClaimTable {
  producer_id: string;
  root: string;
  claimed_at: Timestamp;
}

export interface UploadTable {
  upload_id: string;
  producer_id: string;
  root: string;
  body_size: BigInteger;
  store_ref: string;
  state: 'open' | 'complete' | 'discarded';
  created_at: Timestamp;
  expires_at: Timestamp;
}

export interface UploadPartTable {
  upload_id: string;
  part: number;
  size: number;
  leaves: Bytes;
  receipt: string;
}

export interface DatasetEpochTable {
  dataset_id: string;
  epoch: number;
  producer_id: string;
  custody: 'portal' | 'producer';
  recipient: string;
  created_at: Timestamp;
}

export interface KeyDepositTable {
  dataset_id: string;
  epoch: number;
  producer_id: string;
  recipient: string;
  statement: string;
  deposit: Bytes;
  act_id: BigInteger;
  created_at: Timestamp;
}

export interface KeyRecoveryTable {
  dataset_id: string;
  epoch: number;
  producer_id: string;
  sealed: Bytes;
  created_at: Timestamp;
}
