import type { SchemaIssue } from './errors.ts';
import { createGate } from './gate.ts';
import type { RudiMetadata } from './generated/rudi-metadata.ts';
import { mapParameterIssues } from './rudi/parse-connector.ts';
import { gdprSensitiveButOpen } from './rudi/rules/conditions.ts';
import { boundingBoxImpossible, periodReversed, updatedBeforeCreated } from './rudi/rules/description.ts';
import { mediaIdRepeated } from './rudi/rules/media.ts';
import { mediaOf } from './rudi/rule.ts';

/**
 * The value as RUDI metadata that need no tolerance (only `available_formats` may be absent, since a manifest's resources carry
 * the files); throws SchemaError. For what we write ourselves; what others wrote goes through `parseRudiMetadata`.
 */
export const parseRudiAsSpecified: (value: unknown) => RudiMetadata = createGate<RudiMetadata>({
  schema: 'rudi-as-specified',
  what: 'RUDI metadata as specified',
  rules: (record) => {
    const issues: SchemaIssue[] = [];
    const add = (pointer: string, message: string): void => {
      issues.push({ pointer, message });
    };
    if (updatedBeforeCreated.applies(record)) add('/dataset_dates/updated', 'Give a date that is not before the creation here.');
    if (periodReversed.applies(record)) add('/temporal_spread/end_date', 'Give a date that is not before start_date here.');
    if (boundingBoxImpossible.applies(record)) add('/geography/bounding_box', 'Put the south under the north and the west before the east.');
    if (gdprSensitiveButOpen.applies(record)) {
      add('/access_condition/confidentiality/restricted_access', 'Write true here: data about people cannot be open.');
    }
    if (mediaIdRepeated.applies(record)) add('/available_formats', 'Give each media an identifier of its own.');
    for (const [index, media] of mediaOf(record).entries()) {
      for (const { pointer, message } of mapParameterIssues(media.connector)) add(`/available_formats/${index}/connector${pointer}`, message);
    }
    return issues;
  },
});
