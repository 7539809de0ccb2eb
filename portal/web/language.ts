/** A language that the pages speak. */
export type Lang = 'fr' | 'en';

/** The languages of the pages, the default one first, each with its own name for itself. */
export const PAGE_LANGUAGES: readonly { lang: Lang; name: string }[] = [
  { lang: 'fr', name: 'Français' },
  { lang: 'en', name: 'English' },
];

/** Whether the text is a language of the pages. */
export function isLang(text: string | undefined): text is Lang {
  return text === 'fr' || text === 'en';
}

/** The language of the pages that an Accept-Language header likes best (RFC 9110 §12.5.4); French when it names none of them. */
export function chooseLanguage(accept_language: string | undefined): Lang {
  let best: { lang: Lang; weight: number } | undefined;
  for (const range of (accept_language ?? '').slice(0, 1000).split(',')) {
    const [tag = '', ...parameters] = range.split(';');
    const lang = tag.trim().slice(0, 2).toLowerCase();
    if (!isLang(lang)) continue;
    const quality = parameters.map((one) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
    const weight = quality === undefined ? 1 : Number(quality);
    if (weight > 0 && (best === undefined || weight > best.weight)) best = { lang, weight };
  }
  return best?.lang ?? 'fr';
}

/** The language that a path of the pages begins with (`/en/datasets`), or undefined. */
export function languageOfPath(path: string): Lang | undefined {
  const first = path.split('/', 2)[1];
  return isLang(first) ? first : undefined;
}

/** The same path in another language: `/fr/datasets?q=eau` in `en` is `/en/datasets?q=eau`; a path without language leads home. */
export function pathInLanguage(path: string, lang: Lang): string {
  return languageOfPath(path) === undefined ? `/${lang}/` : `/${lang}${path.slice(3)}`;
}
