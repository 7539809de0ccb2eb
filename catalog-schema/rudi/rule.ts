import type { FileMedia, Media, RudiMetadata, TextEntry } from '../generated/rudi-metadata.ts';

/** A tolerance: something producers do that the RUDI specification does not say, and how it is read. */
export interface Rule<Name extends string = string> {
  name: Name;
  /** what was found and what is made of it */
  sentence: string;
  /** whether a record needs this tolerance */
  applies(record: RudiMetadata): boolean;
}

/** A rule with its name kept as a literal type. */
export function defineRule<const Name extends string>(rule: Rule<Name>): Rule<Name> {
  return rule;
}

/** The media of a record, gaps left out. */
export function mediaOf(record: RudiMetadata): Media[] {
  return (record.available_formats ?? []).filter((media) => media !== null);
}

/** The files among the media of a record. */
export function filesOf(record: RudiMetadata): FileMedia[] {
  return mediaOf(record).filter((media): media is FileMedia => media.media_type === 'FILE');
}

/** Every list of texts with languages that a record holds. */
export function textListsOf(record: RudiMetadata): TextEntry[][] {
  const { licence, usage_constraint, bibliographical_reference, mandatory_mention, access_constraint, other_constraints } = record.access_condition;
  const custom = licence.licence_type === 'CUSTOM' ? [licence.custom_licence_label] : [];
  const constraints = [usage_constraint, bibliographical_reference, mandatory_mention, access_constraint, other_constraints];
  return [record.synopsis, record.summary, record.purpose, ...constraints, ...custom].filter((texts) => texts !== undefined);
}

/** A text without accents, case and punctuation, for comparing labels. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}
