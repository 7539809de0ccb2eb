import { isDateTime } from '../../formats.ts';
import type { BoundingBox } from '../../generated/rudi-metadata.ts';
import { RUDI_LANGUAGE_TAGS } from '../../vocabularies/languages.ts';
import { isThemeCode } from '../../vocabularies/themes.ts';
import { isReversed } from '../date-reading.ts';
import { defineRule, mediaOf, textListsOf } from '../rule.ts';
import { themeOfLabel } from '../theme-of-label.ts';

export const themeLabelInFrench = defineRule({
  name: 'theme_label_in_french',
  sentence: 'The theme is given by its label instead of its code: it is read as that theme.',
  applies: ({ theme }) => themeOfLabel(theme) !== undefined,
});

export const unknownTheme = defineRule({
  name: 'unknown_theme',
  sentence: 'The theme is neither a code nor a label we know: the dataset has no theme.',
  applies: ({ theme }) => !isThemeCode(theme) && themeOfLabel(theme) === undefined,
});

export const titleTooLong = defineRule({
  name: 'title_too_long',
  sentence: 'The title is longer than 150 characters: it is read whole.',
  applies: ({ resource_title }) => [...resource_title].length > 150,
});

export const textLanguageMissing = defineRule({
  name: 'text_language_missing',
  sentence: "A text does not say its language: it is read as the record's first language.",
  applies: (record) => textListsOf(record).some((texts) => texts.some(({ lang }) => lang === undefined)),
});

export const languageOutsideList = defineRule({
  name: 'language_outside_list',
  sentence: "A language tag is not in RUDI's list: it is read as it is.",
  applies: (record) =>
    (record.resource_languages ?? []).some((tag) => !RUDI_LANGUAGE_TAGS.has(tag)) ||
    textListsOf(record).some((texts) => texts.some(({ lang }) => lang !== undefined && !RUDI_LANGUAGE_TAGS.has(lang))),
});

export const keywordsMissing = defineRule({
  name: 'keywords_missing',
  sentence: 'There are no keywords, or an empty one: what is there is read.',
  applies: ({ keywords }) => keywords.length === 0 || keywords.some((keyword) => keyword.trim() === ''),
});

export const keywordsInOneText = defineRule({
  name: 'keywords_in_one_text',
  sentence: 'Several keywords are written in one text with commas or semicolons: each is read.',
  applies: ({ keywords }) => keywords.length === 1 && /[,;]/.test(keywords[0] ?? ''),
});

export const contactsMissing = defineRule({
  name: 'contacts_missing',
  sentence: 'The record names no contact: it has none.',
  applies: ({ contacts }) => contacts.length === 0,
});

export const nullForAbsent = defineRule({
  name: 'null_for_absent',
  sentence: 'A field is null instead of absent: it is read as absent.',
  applies: ({ local_id, doi, dataverse_doi }) => local_id === null || doi === null || dataverse_doi === null,
});

export const doiMalformed = defineRule({
  name: 'doi_malformed',
  sentence: 'The DOI has not the form of one: it is not read.',
  applies: ({ doi }) => typeof doi === 'string' && !/^10.\d{4,9}\/[-.;()/:\w]+$/i.test(doi),
});

export const updatedMissing = defineRule({
  name: 'updated_missing',
  sentence: 'The date of the last update is absent: the date of creation is read.',
  applies: ({ dataset_dates }) => dataset_dates.updated === undefined,
});

export const updatedBeforeCreated = defineRule({
  name: 'updated_before_created',
  sentence: 'The last update is dated before the creation: both dates are read as they are.',
  applies: ({ dataset_dates: { created, updated } }) => updated !== undefined && isReversed(created, updated),
});

export const dateIncomplete = defineRule({
  name: 'date_incomplete',
  sentence: 'A date has no time or no offset: it is read as UTC, from midnight.',
  applies: (record) => {
    const { temporal_spread, dataset_dates, metadata_info } = record;
    const groups = [temporal_spread, dataset_dates, metadata_info.metadata_dates, ...mediaOf(record).map((media) => media.media_dates)];
    return groups
      .flatMap((group) => Object.values(group ?? {}))
      .some((date) => typeof date === 'string' && !isDateTime(date));
  },
});

export const periodReversed = defineRule({
  name: 'period_reversed',
  sentence: 'The span of time ends before it starts: it is not read.',
  applies: ({ temporal_spread: span }) => span?.end_date !== undefined && isReversed(span.start_date, span.end_date),
});

/** Whether a box encloses a place: south under north, and no wider than half the earth when it crosses the antimeridian. */
export function isPossibleBox({ west_longitude: west, east_longitude: east, south_latitude: south, north_latitude: north }: BoundingBox): boolean {
  return south <= north && (west <= east || 360 - (west - east) <= 180);
}

export const boundingBoxImpossible = defineRule({
  name: 'bounding_box_impossible',
  sentence: 'The bounding box has its sides exchanged: which was meant cannot be known, so it is not read.',
  applies: ({ geography }) => geography !== undefined && !isPossibleBox(geography.bounding_box),
});
