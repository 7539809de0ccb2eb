import type {
  LogActTable,
  LogHashTable,
  LogCheckpointTable,
  LeaseTable,
  ProcessSeenTable,
} from './log-tables.ts';
import type {
  InvitationTable,
  ProducerTable,
  EnrolmentTable,
  PartyKeySetTable,
  PartyKeyTable,
  NodeTable,
  ConsumerTable,
  MemberTable,
  MemberRoleTable,
  SignInTable,
  SessionTable,
  MailTable,
  HttpNonceTable,
  RateLimitTable,
  ApplicationUseTable,
} from './party-tables.ts';
import type {
  DatasetTable,
  DatasetVersionTable,
  EquivocationTable,
  DatasetResourceTable,
  DatasetContactTable,
  HeadsTable,
  BodyTable,
  BodyClaimTable,
  UploadTable,
  UploadPartTable,
  DatasetEpochTable,
  KeyDepositTable,
  KeyRecoveryTable,
} from './catalogue-tables.ts';
import type {
  AccessRequestTable,
  AccessGrantTable,
  ReleaseJobTable,
  BrokerSealedPackageTable,
  BrokerCheckpointSeenTable,
  KeyPackageTable,
  AccessProposalTable,
  NodePackageTable,
} from './access-tables.ts';
import type { DecisionAlarmTable, PasskeyChallengeTable, PasskeyTable } from './passkey-tables.ts';

export type * from './log-tables.ts';
export type * from './party-tables.ts';
export type * from './catalogue-tables.ts';
export type * from './access-tables.ts';
export type * from './passkey-tables.ts';
export type * from './columns.ts';

/** Every table of the portal's database; the migrations are the authority. */
export interface Tables {
  log_act: LogActTable;
  log_hash: LogHashTable;
  log_checkpoint: LogCheckpointTable;
  lease: LeaseTable;
  process_seen: ProcessSeenTable;
  invitation: InvitationTable;
  producer: ProducerTable;
  enrolment: EnrolmentTable;
  party_key_set: PartyKeySetTable;
  party_key: PartyKeyTable;
  node: NodeTable;
  consumer: ConsumerTable;
  member: MemberTable;
  member_role: MemberRoleTable;
  sign_in: SignInTable;
  session: SessionTable;
  passkey: PasskeyTable;
  passkey_challenge: PasskeyChallengeTable;
  mail: MailTable;
  http_nonce: HttpNonceTable;
  rate_limit: RateLimitTable;
  application_use: ApplicationUseTable;
  dataset: DatasetTable;
  dataset_version: DatasetVersionTable;
  equivocation: EquivocationTable;
  dataset_resource: DatasetResourceTable;
  dataset_contact: DatasetContactTable;
  heads: HeadsTable;
  body: BodyTable;
  body_claim: BodyClaimTable;
  upload: UploadTable;
  upload_part: UploadPartTable;
  dataset_epoch: DatasetEpochTable;
  key_deposit: KeyDepositTable;
  key_recovery: KeyRecoveryTable;
  access_request: AccessRequestTable;
  access_proposal: AccessProposalTable;
  access_grant: AccessGrantTable;
  release_job: ReleaseJobTable;
  'broker.sealed_package': BrokerSealedPackageTable;
  'broker.checkpoint_seen': BrokerCheckpointSeenTable;
  key_package: KeyPackageTable;
  node_package: NodePackageTable;
  decision_alarm: DecisionAlarmTable;
}
