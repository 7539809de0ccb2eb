import type { SchemaIssue } from '../errors.ts';
import { createGate } from '../gate.ts';
import type { Connector } from '../generated/rudi-metadata.ts';

// What RUDI's map contracts say about each parameter (wms, wfs, wmts). Lists are separated by commas.
const LIST_PARAMETERS: Record<string, { pattern: RegExp; words: string }> = {
  versions: { pattern: /^\d{1,9}\.\d{1,9}\.\d{1,9}$/, words: 'versions like 2.0.0' },
  styles: { pattern: /^[a-z0-9_-]+$/, words: 'style names in lower-case letters, digits, _ and -' },
  default_crs: { pattern: /^EPSG:\d{1,9}$/, words: 'a reference system like EPSG:4326' },
  other_crss: { pattern: /^EPSG:\d{1,9}$/, words: 'reference systems like EPSG:4326' },
};
const SINGLE_PARAMETERS: Record<string, { pattern: RegExp; words: string }> = {
  layer: { pattern: /\S/, words: 'the name of a layer' },
  matrix_set: { pattern: /\S/, words: 'the name of a matrix set' },
  transparent: { pattern: /^(true|false)$/, words: 'true or false' },
  max_features: { pattern: /^\d{1,15}$/, words: 'a whole number from 0' },
  max_zoom: { pattern: /^\d{1,15}$/, words: 'a whole number from 0' },
};
const WFS_FORMATS = /^(application\/json|GML2|GML3)$/;
const ANY_FORMAT = /^[^\s/]+\/[^\s/]+$/;

/** The value as a RUDI connector whose parameters fit its map contract (wms, wfs, wmts); throws SchemaError. */
export const parseRudiConnector: (value: unknown) => Connector = createGate<Connector>({
  schema: 'rudi-metadata',
  definition: 'connector',
  what: 'a RUDI connector',
  rules: mapParameterIssues,
});

/** What is wrong with the parameters of a map connector; empty for every other contract. */
export function mapParameterIssues(connector: Connector): SchemaIssue[] {
  const contract = connector.interface_contract;
  if (contract !== 'wms' && contract !== 'wfs' && contract !== 'wmts') return [];
  const issues: SchemaIssue[] = [];
  for (const [index, { key, value }] of (connector.connector_parameters ?? []).entries()) {
    const words = parameterProblem(contract, key, String(value));
    if (words !== undefined) issues.push({ pointer: `/connector_parameters/${index}/value`, message: `Give ${words} here.` });
  }
  return issues;
}

function parameterProblem(contract: string, key: string, value: string): string | undefined {
  const parts = value.split(',').map((part) => part.trim());
  if (key === 'formats') {
    const pattern = contract === 'wfs' ? WFS_FORMATS : ANY_FORMAT;
    return parts.every((part) => pattern.test(part)) ? undefined : contract === 'wfs' ? 'application/json, GML2 or GML3' : 'media types like image/png';
  }
  const list = Object.hasOwn(LIST_PARAMETERS, key) ? LIST_PARAMETERS[key] : undefined;
  if (list !== undefined) return parts.every((part) => list.pattern.test(part)) ? undefined : list.words;
  const single = Object.hasOwn(SINGLE_PARAMETERS, key) ? SINGLE_PARAMETERS[key] : undefined;
  return single === undefined || single.pattern.test(value) ? undefined : single.words;
}
