import * as conditions from './rules/conditions.ts';
import * as description from './rules/description.ts';
import * as media from './rules/media.ts';

/** Every tolerance, in the order in which they are reported. */
export const RULES = [
  description.themeLabelInFrench,
  description.unknownTheme,
  description.titleTooLong,
  description.textLanguageMissing,
  description.languageOutsideList,
  description.keywordsMissing,
  description.keywordsInOneText,
  description.contactsMissing,
  description.nullForAbsent,
  description.doiMalformed,
  description.updatedMissing,
  description.updatedBeforeCreated,
  description.dateIncomplete,
  description.periodReversed,
  description.boundingBoxImpossible,
  conditions.confidentialityMissing,
  conditions.gdprSensitiveButOpen,
  conditions.unknownLicence,
  conditions.licenceOutsideRudiList,
  conditions.licenceDeclaredUnknown,
  conditions.customLicenceContradictory,
  conditions.customLicenceRecognised,
  conditions.customLicenceAddress,
  conditions.internalFields,
  conditions.storageStatusPending,
  conditions.fieldNewerThanVersion,
  conditions.providerAt141,
  media.formatsMissing,
  media.fileSizeAsText,
  media.fileTypeRespelled,
  media.fileEncodingInChecksum,
  media.checksumNotHex,
  media.contractMissing,
  media.contractOfTheNode,
  media.contractUnknown,
  media.connectorParametersInvalid,
  media.urlWithoutScheme,
  media.urlWithCredentials,
  media.urlRespelled,
  media.urlUnusable,
  media.mediaIdRepeated,
] as const;

/** Name of a tolerance. */
export type RuleName = (typeof RULES)[number]['name'];
