import type { Language } from '../client.ts';
import { refusalsEn } from './refusals/en.ts';
import { refusalsFr } from './refusals/fr.ts';

/** What a problem document of a portal says, as far as a sentence needs it. */
export interface ToldRefusal {
  code: string;
  reason?: string | undefined;
  /** The portal's own sentence, in English; empty when there was none. */
  detail: string;
}

/**
 * A portal's refusal as a sentence in the reader's language: the portal's own in English, ours elsewhere, by the reason, else the code.
 * A reason that this version does not know, with a code that it does not know, leaves the portal's words.
 */
export function sayRefusal(language: Language, refusal: ToldRefusal): string {
  if (language === 'en' && refusal.detail !== '') return refusal.detail;
  const sentences: Readonly<Record<string, string>> = language === 'en' ? refusalsEn : refusalsFr;
  for (const key of [refusal.reason, refusal.code]) if (key !== undefined && Object.hasOwn(sentences, key)) return sentences[key] ?? refusal.detail;
  return refusal.detail;
}
