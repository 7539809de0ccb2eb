import { mapParameterIssues } from '../parse-connector.ts';
import { defineRule, filesOf, mediaOf } from '../rule.ts';
import { readUrl } from '../url-reading.ts';

/** Contracts a RUDI portal knows. */
export const RUDI_CONTRACTS: ReadonlySet<string> = new Set([
  'dwnl', 'generic-data', 'temporal-bar-chart', 'wfs', 'wms', 'wmts', 'custom', 'dwnl_temporal', 'dwnl_spacial', 'dwnl_temporal_spacial',
]);
/** Contracts only a RUDI node knows. */
export const NODE_CONTRACTS: ReadonlySet<string> = new Set(['page', 'api', 'geoservice']);

const HEX_LENGTHS = { MD5: 32, 'SHA-256': 64, 'SHA-512': 128 } as const;

/** Whether a checksum is hexadecimal of the length its algorithm has. */
export function isHexChecksum({ algo, hash }: { algo: keyof typeof HEX_LENGTHS; hash: string }): boolean {
  return hash.length === HEX_LENGTHS[algo] && /^[0-9a-f]+$/i.test(hash);
}

export const formatsMissing = defineRule({
  name: 'formats_missing',
  sentence: 'The list of media is absent, empty or has a gap: what is there is read, the dataset may be described only.',
  applies: ({ available_formats: media }) => media === undefined || media === null || media.length === 0 || media.includes(null),
});

export const fileSizeAsText = defineRule({
  name: 'file_size_as_text',
  sentence: 'A file size is written as a text of digits: it is read as that number.',
  applies: (record) => filesOf(record).some(({ file_size }) => typeof file_size === 'string'),
});

/** A file type as a bare media type: lower case, without parameters; `application/octet-stream` when it is none. */
export function readFileType(file_type: string): string {
  const bare = (file_type.split(';')[0] ?? '').trim().toLowerCase();
  return bare.length <= 127 && /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(bare) ? bare : 'application/octet-stream';
}

export const fileTypeRespelled = defineRule({
  name: 'file_type_respelled',
  sentence: 'A file type has capitals or parameters, or is no media type: it is read without them, or as application/octet-stream.',
  applies: (record) => filesOf(record).some(({ file_type }) => readFileType(file_type) !== file_type),
});

export const fileEncodingInChecksum = defineRule({
  name: 'file_encoding_in_checksum',
  sentence: 'The encoding of a file is written inside its checksum: it is not read as part of the checksum.',
  applies: (record) => filesOf(record).some(({ checksum }) => checksum.file_encoding !== undefined),
});

export const checksumNotHex = defineRule({
  name: 'checksum_not_hex',
  sentence: 'A checksum is not hexadecimal of the length its algorithm has: it is not claimed.',
  applies: (record) => filesOf(record).some(({ checksum }) => !isHexChecksum(checksum)),
});

export const contractMissing = defineRule({
  name: 'contract_missing',
  sentence: 'A connector names no interface contract: a file is read as a download, a service as an HTTP interface.',
  applies: (record) => mediaOf(record).some(({ connector: { interface_contract: contract } }) => contract === undefined || contract === null || contract === ''),
});

export const contractOfTheNode = defineRule({
  name: 'contract_of_the_node',
  sentence: "A connector names a contract that only RUDI's node knows (page, api, geoservice): it is read as an HTTP interface.",
  applies: (record) => mediaOf(record).some(({ connector: { interface_contract: contract } }) => NODE_CONTRACTS.has(contract ?? '')),
});

export const contractUnknown = defineRule({
  name: 'contract_unknown',
  sentence: 'A connector names a contract nobody knows: a file is read as a download, a service as an HTTP interface.',
  applies: (record) =>
    mediaOf(record).some(({ connector: { interface_contract: contract } }) => {
      const name = contract ?? '';
      return name !== '' && !RUDI_CONTRACTS.has(name) && !NODE_CONTRACTS.has(name);
    }),
});

export const connectorParametersInvalid = defineRule({
  name: 'connector_parameters_invalid',
  sentence: 'A map connector has parameters that do not fit its contract: those are left out of the service.',
  applies: (record) => mediaOf(record).some(({ connector }) => mapParameterIssues(connector).length > 0),
});

export const urlWithoutScheme = defineRule({
  name: 'url_without_scheme',
  sentence: 'An address has no scheme, like www.example.org: it is read as https.',
  applies: (record) => mediaOf(record).some(({ connector }) => readUrl(connector.url).tolerances.includes('url_without_scheme')),
});

export const urlWithCredentials = defineRule({
  name: 'url_with_credentials',
  sentence: 'An address holds a user name or password: it is read without them.',
  applies: (record) => mediaOf(record).some(({ connector }) => readUrl(connector.url).tolerances.includes('url_with_credentials')),
});

export const urlRespelled = defineRule({
  name: 'url_respelled',
  sentence: 'An address has blanks, capitals in its scheme or the like: it is read as the URL standard spells it.',
  applies: (record) => mediaOf(record).some(({ connector }) => readUrl(connector.url).tolerances.includes('url_respelled')),
});

export const urlUnusable = defineRule({
  name: 'url_unusable',
  sentence: 'An address is no http, https or ftp address: its media is left out.',
  applies: (record) => mediaOf(record).some(({ connector }) => readUrl(connector.url).url === undefined),
});

export const mediaIdRepeated = defineRule({
  name: 'media_id_repeated',
  sentence: 'Two media have one identifier: the first is read.',
  applies: (record) => {
    const ids = mediaOf(record).map(({ media_id }) => media_id.toLowerCase());
    return new Set(ids).size < ids.length;
  },
});
