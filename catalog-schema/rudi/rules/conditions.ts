import type { RudiMetadata } from '../../generated/rudi-metadata.ts';
import { readLicence } from '../licence-reading.ts';
import { defineRule, filesOf } from '../rule.ts';
import { readUrl } from '../url-reading.ts';

export const confidentialityMissing = defineRule({
  name: 'confidentiality_missing',
  sentence: 'The metadata do not say whether access is restricted or the data are about people: they are read as open and not about people.',
  applies: ({ access_condition: { confidentiality } }) =>
    confidentiality?.restricted_access === undefined || confidentiality.gdpr_sensitive === undefined,
});

export const gdprSensitiveButOpen = defineRule({
  name: 'gdpr_sensitive_but_open',
  sentence: 'The data are said to be about people and yet open: they are read as restricted.',
  applies: ({ access_condition: { confidentiality } }) => confidentiality?.gdpr_sensitive === true && confidentiality.restricted_access !== true,
});

export const unknownLicence = licenceRule('unknown_licence', 'The licence is a code nobody knows: the code is shown, no right is read into it.');

export const licenceOutsideRudiList = licenceRule(
  'licence_outside_rudi_list',
  "The licence is a code that we know and RUDI's list does not have: it is read as that licence.",
);

export const licenceDeclaredUnknown = licenceRule(
  'licence_declared_unknown',
  'The custom licence calls itself unknown: it is read as no licence, and its address is not shown.',
);

export const customLicenceContradictory = licenceRule(
  'custom_licence_contradictory',
  'The name of the custom licence and its address are of two licences: the name is shown, the address is not.',
);

export const customLicenceRecognised = licenceRule(
  'custom_licence_recognised',
  'The address of the custom licence is that of a known licence: it is read as that licence.',
);

export const customLicenceAddress = defineRule({
  name: 'custom_licence_address',
  sentence: 'The address of the custom licence is not one as it stands: it is repaired where that is safe, else not shown.',
  applies: ({ access_condition: { licence } }) => licence.licence_type === 'CUSTOM' && readUrl(licence.custom_licence_uri).tolerances.length > 0,
});

export const internalFields = defineRule({
  name: 'internal_fields',
  sentence: 'The record holds fields that a node or a portal keeps for itself (collection_tag, metadata_status, dataverse_doi …): they are not read.',
  applies: (record) =>
    ['collection_tag', 'integration_error_id', 'metadata_status', 'restricted_access'].some((field) => Object.hasOwn(record, field)) ||
    typeof record.dataverse_doi === 'string' ||
    filesOf(record).some((file) => file.file_storage_status !== undefined || file.file_status_update !== undefined),
});

export const storageStatusPending = defineRule({
  name: 'storage_status_pending',
  sentence: "The storage status is the node's own `pending`: it is read as unavailable.",
  applies: ({ storage_status }) => storage_status === 'pending',
});

export const fieldNewerThanVersion = defineRule({
  name: 'field_newer_than_version',
  sentence: 'The record holds a field that its API version does not have yet (html before 1.4.1, ext_metadata before 1.4.0): it is not read.',
  applies: ({ metadata_info: { api_version }, ext_metadata, summary }) =>
    (ext_metadata !== undefined && api_version < '1.4.0') || (api_version < '1.4.1' && summary.some(({ html }) => html !== undefined)),
});

export const providerAt141 = defineRule({
  name: 'provider_at_1_4_1',
  sentence: 'The record names its provider, which API version 1.4.1 leaves to the portal: it is not read.',
  applies: ({ metadata_info }) => metadata_info.api_version === '1.4.1' && metadata_info.metadata_provider !== undefined,
});

type LicenceTolerance = NonNullable<ReturnType<typeof readLicence>['tolerance']>;

function licenceRule<const Name extends LicenceTolerance>(name: Name, sentence: string) {
  return defineRule({ name, sentence, applies: (record: RudiMetadata) => readLicence(record.access_condition.licence, 'fr').tolerance === name });
}
