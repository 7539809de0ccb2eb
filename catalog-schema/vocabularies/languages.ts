/** Languages of data and texts: tag (BCP 47) to its name in French and English. RUDI's list, and the region variants it knows. */
export const LANGUAGES = {
  fr: { fr: 'français', en: 'French' },
  en: { fr: 'anglais', en: 'English' },
  br: { fr: 'breton', en: 'Breton' },
  cs: { fr: 'tchèque', en: 'Czech' },
  da: { fr: 'danois', en: 'Danish' },
  de: { fr: 'allemand', en: 'German' },
  el: { fr: 'grec', en: 'Greek' },
  es: { fr: 'espagnol', en: 'Spanish' },
  hu: { fr: 'hongrois', en: 'Hungarian' },
  it: { fr: 'italien', en: 'Italian' },
  nl: { fr: 'néerlandais', en: 'Dutch' },
  no: { fr: 'norvégien', en: 'Norwegian' },
  pl: { fr: 'polonais', en: 'Polish' },
  pt: { fr: 'portugais', en: 'Portuguese' },
  ro: { fr: 'roumain', en: 'Romanian' },
  ru: { fr: 'russe', en: 'Russian' },
  sk: { fr: 'slovaque', en: 'Slovak' },
} as const;

/** Two-letter code of a language in {@link LANGUAGES}. */
export type LanguageCode = keyof typeof LANGUAGES;

/** Tags RUDI accepts in `resource_languages` and texts. */
export const RUDI_LANGUAGE_TAGS: ReadonlySet<string> = new Set(
  ('cs da de en el es fr hu it no pl pt ro ru sk cs-CZ da-DK de-CH de-DE en-GB en-US el-GR es-ES fr-FR hu-HU it-IT no-NO ' +
    'pl-PL pt-PT ro-RO ru-RU sk-SK').split(' '),
);

/** The primary language of a tag, in lower case: `fr` of `fr-FR`. */
export function primaryLanguage(tag: string): string {
  return (tag.split('-')[0] ?? tag).toLowerCase();
}

/** The text of a list in the wanted language, else in French, else the first; undefined when the list is empty. */
export function inLanguage<T extends { lang: string }>(texts: readonly T[], wanted: string): T | undefined {
  const primary = primaryLanguage(wanted);
  return (
    texts.find((entry) => entry.lang === wanted) ??
    texts.find((entry) => primaryLanguage(entry.lang) === primary) ??
    texts.find((entry) => primaryLanguage(entry.lang) === 'fr') ??
    texts[0]
  );
}
