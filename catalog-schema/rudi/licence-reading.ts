import type { Licence } from '../generated/rudi-metadata.ts';
import { inLanguage } from '../vocabularies/languages.ts';
import { isLicenceCode, LICENCE_CODES, LICENCES, RUDI_LICENCE_CODES, type LicenceCode } from '../vocabularies/licences.ts';
import { folded } from './rule.ts';
import { readUrl } from './url-reading.ts';

/** What a licence says once read: a known code, `custom` with its own words, or null when nobody knows. */
export interface LicenceReading {
  licence: LicenceCode | 'custom' | null;
  label?: string;
  url?: string;
  /** the tolerance the reading needed, if any */
  tolerance?: 'unknown_licence' | 'licence_outside_rudi_list' | 'licence_declared_unknown' | 'custom_licence_contradictory' | 'custom_licence_recognised';
}

/**
 * Reads a licence without ever guessing rights: a custom licence becomes a known one only when its address is exactly that
 * licence's; when its name and its address are of different licences, the name is shown and the address is not.
 */
export function readLicence(licence: Licence, lang: string): LicenceReading {
  if (licence.licence_type === 'STANDARD') {
    const code = licence.licence_label;
    if (!isLicenceCode(code)) return { licence: null, label: code, tolerance: 'unknown_licence' };
    return RUDI_LICENCE_CODES.includes(code) ? { licence: code } : { licence: code, tolerance: 'licence_outside_rudi_list' };
  }
  const texts = licence.custom_licence_label.map(({ lang: tag = 'fr', text }) => ({ lang: tag, text }));
  const label = (inLanguage(texts, lang)?.text.split(/[\r\n]/)[0] ?? '').trim().slice(0, 300);
  const url = readUrl(licence.custom_licence_uri).url;
  if (/\b(inconnue?s?|unknown)\b/.test(folded(label))) return { licence: null, label, tolerance: 'licence_declared_unknown' };
  const named = familyOf(label);
  const addressed = familyOf(licence.custom_licence_uri);
  if (named !== undefined && addressed !== undefined && named !== addressed) {
    return { licence: 'custom', label, tolerance: 'custom_licence_contradictory' };
  }
  const code = url === undefined ? undefined : codeOfAddress(url);
  if (code !== undefined) return { licence: code, tolerance: 'custom_licence_recognised' };
  return url === undefined ? { licence: 'custom', label } : { licence: 'custom', label, url };
}

function codeOfAddress(url: string): LicenceCode | undefined {
  const bare = bareAddress(url);
  return LICENCE_CODES.find((code) => bareAddress(LICENCES[code].url) === bare);
}

function bareAddress(url: string): string {
  return url.toLowerCase().replace(/^https?:\/\/(www\.)?/, '').replace(/\/(deed(\.[a-z]{2})?|legalcode(\.[a-z]{2})?)?$/, '');
}

function familyOf(text: string): 'odbl' | 'etalab' | 'creative-commons' | undefined {
  const words = folded(text);
  if (/\b(odbl|open database|opendatacommons)\b/.test(words)) return 'odbl';
  if (/\b(etalab|licence ouverte|open licen[cs]e)\b/.test(words)) return 'etalab';
  if (/\b(creativecommons|creative commons|cc by|cc0)\b/.test(words)) return 'creative-commons';
  return undefined;
}
