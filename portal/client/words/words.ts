import type { Language } from '../client.ts';
import type { ErrorFacts } from '../errors.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';

/** The name of a sentence. */
export type WordKey = keyof typeof fr;

/** Says a sentence with its values put in. */
export type Say = (key: WordKey, values?: ErrorFacts) => string;

/** The sentences of a language; a value that is missing leaves its name standing, which tests look for. */
export function wordsOf(language: Language): Say {
  const words: Readonly<Record<WordKey, string>> = language === 'fr' ? fr : en;
  return (key, values = {}) => words[key].replace(/\{([a-z_0-9]+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** Whether there is a sentence of that name. */
export function isWordKey(key: string): key is WordKey {
  return Object.hasOwn(fr, key);
}

/** The language that a POSIX locale (`fr_FR.UTF-8`, `en_GB`) asks for; undefined for any other (`C`, `de_DE`). */
export function languageOf(locale: string | undefined): Language | undefined {
  const tag = (locale ?? '').toLowerCase();
  if (tag.startsWith('fr')) return 'fr';
  if (tag.startsWith('en')) return 'en';
  return undefined;
}
