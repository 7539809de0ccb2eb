export { SchemaError, type SchemaErrorCode, type SchemaIssue } from './errors.ts';
export * from './ids.ts';

export type { AccessRequestPayload, RequestedDelivery } from './generated/access-request.ts';
export type { Act } from './generated/act.ts';
export type { ConsumerKey, ConsumerKeySet, Delivery, Scope } from './generated/consumer-keys.ts';
export type { Grant } from './generated/grant.ts';
export type { Heads } from './generated/heads.ts';
export type { KeyDeposit } from './generated/key-deposit.ts';
export type { KeyRelease } from './generated/key-release.ts';
export type {
  AgeSealing,
  FileResource,
  LinkResource,
  Manifest,
  OpenFileResource,
  Resource,
  SealedFileResource,
  SeriesResource,
  ServiceResource,
  Tree,
} from './generated/manifest.ts';
export type { PortalKey, PortalKeySet } from './generated/portal-keys.ts';
export type { AgeRecipient, DeliveryJwk, Digest, Fingerprint, Instant, SigningJwk } from './generated/primitives.ts';
export type { Problem } from './generated/problem.ts';
export type { ProducerKey, ProducerKeySet } from './generated/producer-keys.ts';
export type { Revocation } from './generated/revocation.ts';
export type {
  CommittedContact,
  Connector,
  Contact,
  Media,
  NamedContact,
  Organization,
  RudiMetadata,
  TextEntry,
} from './generated/rudi-metadata.ts';

export { parseAccessRequest } from './parse-access-request.ts';
export { parseAct } from './parse-act.ts';
export { deliveryInForce, parseConsumerKeySet, parseDelivery } from './parse-consumer-key-set.ts';
export { parseGrant } from './parse-grant.ts';
export { parseHeads } from './parse-heads.ts';
export { parseKeyDeposit } from './parse-key-deposit.ts';
export { parseKeyRelease } from './parse-key-release.ts';
export { findNul } from './find-nul.ts';
export { isSealed, parseManifest } from './parse-manifest.ts';
export { parsePortalKeySet } from './parse-portal-key-set.ts';
export { parseProblem } from './parse-problem.ts';
export { parseProducerKeySet } from './parse-producer-key-set.ts';
export { parseRevocation } from './parse-revocation.ts';
export { parseRudiMetadata } from './parse-rudi-metadata.ts';

export { parseRudiAsSpecified } from './parse-rudi-as-specified.ts';
export { parseRudiConnector } from './rudi/parse-connector.ts';

export { buildRudiMetadata, type MetadataInput } from './build-rudi-metadata.ts';
export { normaliseRudi, type CatalogueView, type LocalText } from './normalise-rudi.ts';
export { resourcesFromRudi } from './rudi/resources-from-rudi.ts';
export type { Rule } from './rudi/rule.ts';
export { RULES, type RuleName } from './rudi/rules.ts';

export { SCHEMAS, type SchemaName } from './schemas.ts';
export { SCHEMA_DIGESTS } from './generated/schema-digests.ts';
export { acceptableName, nameProblem } from './resource-name.ts';
export { isCommitted, isOrganisationsOwn, namedPeople, withoutPeople, type Commit, type SeparatedContact } from './rudi/contacts.ts';

export { inLanguage, LANGUAGES, primaryLanguage, RUDI_LANGUAGE_TAGS, type LanguageCode } from './vocabularies/languages.ts';
export {
  isLicenceCode,
  LICENCE_CODES,
  LICENCES,
  RUDI_LICENCE_CODES,
  type LicenceCode,
  type LicenceEntry,
} from './vocabularies/licences.ts';
export {
  FORMAT_FAMILIES,
  formatFamily,
  formatLabel,
  MEDIA_TYPES,
  mediaTypeOf,
  usualExtension,
  type FormatFamily,
  type MediaTypeEntry,
} from './vocabularies/media-types.ts';
export { isThemeCode, THEME_CODES, THEMES, type ThemeCode } from './vocabularies/themes.ts';
