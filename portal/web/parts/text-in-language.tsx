import { inLanguage, LANGUAGES, primaryLanguage } from '#catalog-schema';
import type { JSX } from 'preact';
import type { Lang } from '../language.ts';
import type { PageContext } from '../page-context.ts';

/** A text of the metadata, marked with its own language. */
export interface LangText {
  lang: string;
  text: string;
}

/** The `lang` attribute that a passage needs inside a page: none when it speaks the page's language. */
export function langAttribute(page_lang: Lang, lang: string): string | undefined {
  return primaryLanguage(lang) === page_lang ? undefined : lang;
}

/** The texts in the reader's language, else the best there is, with a word about which language that is. Empty lines part paragraphs. */
export function Prose({ page, texts }: { page: PageContext; texts: readonly LangText[] }): JSX.Element | null {
  const found = inLanguage(texts, page.lang);
  if (found === undefined || found.text.trim() === '') return null;
  const foreign = langAttribute(page.lang, found.lang);
  return (
    <div class="prose">
      {foreign === undefined ? null : <p class="note">{page.words.site.text_in(languageName(page, foreign))}</p>}
      {found.text.split(/\n\s*\n/).map((paragraph) => <p lang={foreign}>{paragraph}</p>)}
    </div>
  );
}

/** The name of a language in the page's language, its tag where it is not known. */
export function languageName(page: PageContext, tag: string): string {
  const code = primaryLanguage(tag);
  const names = Object.entries(LANGUAGES).find(([known]) => known === code)?.[1];
  return names === undefined ? tag : names[page.lang];
}
