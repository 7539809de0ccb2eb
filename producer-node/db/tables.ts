import type { ColumnType, Generated, Insertable, JSONColumnType, Kysely, Selectable } from 'kysely';

type Json<T extends object> = JSONColumnType<T, string, string>;
type Bytes = ColumnType<Uint8Array, Uint8Array, Uint8Array>;

/** A statement as JSON holds it; verified by whoever uses it. */
export interface StoredStatement {
  payload: string;
  signatures: { protected: string; signature: string }[];
}

/** A person's contact with the salt of its commitment: what the portal serves beside the manifest. */
export interface StoredContact {
  contact_id: string;
  salt: string;
  contact: Record<string, unknown>;
}

export interface ProducerTable {
  producer_id: string;
  name: string;
  key_sets: Json<StoredStatement[]>;
  key_set_digest: string;
  keys_expire_at: Date;
  created_at: Date;
}

export interface PortalTable {
  portal_id: string;
  url: string;
  name: string;
  key_sets: Json<StoredStatement[]>;
  key_set_digest: string;
  broker_recipient: string;
  last_contact_at: Date | null;
  clock_ahead_seconds: Generated<number>;
}

export interface PortalLogTable {
  portal_id: string;
  size: number;
  /** base64url, 32 bytes. */
  root: string;
  /** The signed note, as the portal gave it. */
  note: string;
  problem: 'shorter' | 'forked' | null;
  seen_at: Date;
}

export interface EnrolmentTable {
  producer_id: string;
  portal_id: string;
  enrolment_id: string;
  fingerprint: string;
  trust: 'none' | 'compared' | 'unchecked';
  state: 'pending' | 'active' | 'refused';
  created_at: Date;
  confirmed_at: Date | null;
}

export interface DatasetTable {
  dataset_id: string;
  producer_id: string;
  title: string;
  head_version: number;
  head_digest: string;
  status: 'active' | 'withdrawn' | 'erased';
  access: 'open' | 'restricted';
  custody: 'none' | 'portal' | 'producer';
  updated_at: Date;
}

export interface PublicationTable {
  dataset_id: string;
  version: number;
  producer_id: string;
  digest: string;
  manifest: string;
  content_digest: string;
  contacts: Json<StoredContact[]>;
  state: 'waiting' | 'published' | 'refused';
  warnings: ColumnType<string[], string | undefined, string>;
  issued_at: Date;
  published_at: Date | null;
}

export interface PublicationFileTable {
  dataset_id: string;
  version: number;
  digest: string;
  resource_id: string;
  name: string;
  root: string;
  body_size: number;
  epoch: number | null;
  header: Bytes | null;
  source_sha256: string;
  /** Where the body waits in the spool; null when the portal has it from an earlier version. */
  spool_name: string | null;
}

export interface SourceFileTable {
  producer_id: string;
  path: string;
  dataset_id: string;
}

export interface ContentKeyTable {
  dataset_id: string;
  epoch: number;
  producer_id: string;
  recipient: string;
  /** `portal`: a deposit for the broker. `producer`: a copy sealed to this node, and nothing for the portal. */
  custody: 'portal' | 'producer';
  recovery: Bytes;
  deposit: Bytes | null;
  deposit_statement: string | null;
  sealed_here: Bytes | null;
  created_at: Date;
  spent_at: Date | null;
  delivered_at: Date | null;
}

export interface RevocationTable {
  grant_id: string;
  producer_id: string;
  dataset_id: string;
  statement: string;
  created_at: Date;
}

/** How it was made sure whose keys these are: a person compared digits, their organisation vouched, or a rule took them unseen. */
export type KeyConfirmation = 'person' | 'organisation' | 'first_use';

export interface ConsumerTable {
  producer_id: string;
  consumer_id: string;
  name: string;
  key_sets: Json<StoredStatement[]>;
  confirmation: KeyConfirmation;
  vouched_by: string | null;
  /** A chain that is not the pinned one with devices added: nothing is sealed until somebody confirms it. */
  changed_key_sets: ColumnType<StoredStatement[] | null, string | null, string | null>;
  changed_why: string | null;
  pinned_at: Date;
  confirmed_at: Date;
}

export interface AccessRuleTable {
  rule_id: string;
  producer_id: string;
  /** Null: every dataset whose keys only this node holds. */
  dataset_id: string | null;
  /** Null: anyone. */
  mail_domain: string | null;
  days: number;
  /** Whether keys that nobody has confirmed are taken. */
  first_use: boolean;
  created_at: Date;
  removed_at: Date | null;
}

export interface AccessDecisionTable {
  request_id: string;
  decision: 'approve' | 'refuse' | 'agree';
  producer_id: string;
  dataset_id: string;
  request_sha256: string | null;
  key_confirmation: KeyConfirmation | null;
  rule_id: string | null;
  ends_at: Date | null;
  note: string | null;
  decided_at: Date;
}

export interface AccessGrantTable {
  grant_id: string;
  request_id: string;
  producer_id: string;
  dataset_id: string;
  consumer_id: string;
  statement: string;
  digest: string;
  request_statement: string;
  /** Name and organisation, for people. */
  contact: string;
  starts_at: Date;
  ends_at: Date;
  epoch_from: number;
  epoch_to: number | null;
  history: boolean;
  key_confirmation: KeyConfirmation;
  note: string | null;
  /** `refused`: by the portal, because the request had ended. */
  state: 'active' | 'revoked' | 'refused';
  ended_at: Date | null;
  created_at: Date;
}

export interface KeyPackageTable {
  grant_id: string;
  epoch: number;
  delivery_fingerprint: string;
  form: 'age' | 'openpgp' | 'jwe';
  package: Bytes;
  /** The release statement. */
  statement: string;
  digest: string;
  created_at: Date;
}

export interface HeadsTable {
  producer_id: string;
  seq: number;
  root: string;
  statement: string;
  entries: Json<[string, number, string][]>;
  issued_at: Date;
  expires_at: Date;
  delivered_at: Date | null;
}

/** What waits: a version of a dataset, a grant and its key packages, a decision without a grant, the end of a grant. */
export type OutboxKind = 'version' | 'revocation' | 'grant' | 'package' | 'decision';

export interface OutboxTable {
  outbox_id: Generated<number>;
  producer_id: string;
  kind: OutboxKind;
  subject_id: string;
  version: Generated<number>;
  digest: string;
  state: 'waiting' | 'done' | 'refused';
  attempts: Generated<number>;
  next_attempt_at: Date;
  last_code: string | null;
  last_error: string | null;
  lease_holder: string | null;
  lease_token: Generated<number>;
  lease_until: Date | null;
  created_at: Date;
}

export interface LeaseTable {
  name: string;
  holder: string;
  token: number;
  expires_at: Date;
}

/** All tables of the node's database; the migrations are the authority. */
export interface Tables {
  producer: ProducerTable;
  portal: PortalTable;
  portal_log: PortalLogTable;
  enrolment: EnrolmentTable;
  dataset: DatasetTable;
  publication: PublicationTable;
  publication_file: PublicationFileTable;
  source_file: SourceFileTable;
  content_key: ContentKeyTable;
  consumer: ConsumerTable;
  access_rule: AccessRuleTable;
  access_decision: AccessDecisionTable;
  access_grant: AccessGrantTable;
  key_package: KeyPackageTable;
  revocation: RevocationTable;
  heads: HeadsTable;
  outbox: OutboxTable;
  lease: LeaseTable;
}

/** A handle on the node's database: a pool or a transaction alike. */
export type Db = Kysely<Tables>;

export type ProducerRow = Selectable<ProducerTable>;
export type PortalRow = Selectable<PortalTable>;
export type PortalLogRow = Selectable<PortalLogTable>;
export type EnrolmentRow = Selectable<EnrolmentTable>;
export type DatasetRow = Selectable<DatasetTable>;
export type PublicationRow = Selectable<PublicationTable>;
export type NewPublication = Insertable<PublicationTable>;
export type PublicationFileRow = Selectable<PublicationFileTable>;
export type NewPublicationFile = Insertable<PublicationFileTable>;
export type ContentKeyRow = Selectable<ContentKeyTable>;
export type NewContentKey = Insertable<ContentKeyTable>;
export type ConsumerRow = Selectable<ConsumerTable>;
export type AccessRuleRow = Selectable<AccessRuleTable>;
export type AccessGrantRow = Selectable<AccessGrantTable>;
export type NewAccessGrant = Insertable<AccessGrantTable>;
export type KeyPackageRow = Selectable<KeyPackageTable>;
export type HeadsRow = Selectable<HeadsTable>;
export type OutboxRow = Selectable<OutboxTable>;
