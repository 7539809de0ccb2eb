/** A licence data may be under. */
export interface LicenceEntry {
  fr: string;
  en: string;
  /** where its text is published */
  url: string;
  /** identifier in the SPDX licence list, where it has one */
  spdx?: string;
  /** whether the Open Definition's freedoms hold: use, change and share, for any purpose */
  open: boolean;
  /** licence a French administration may choose for free reuse (code des relations entre le public et l'administration, D323-2-1) */
  recommended: boolean;
  /** `data` for licences written for data or works, `software` for those written for programs */
  made_for: 'data' | 'software';
}

const ENTRIES = {
  'etalab-2.0': {
    fr: 'Licence Ouverte 2.0 (Etalab)',
    en: 'Open Licence 2.0 (Etalab)',
    url: 'https://www.etalab.gouv.fr/wp-content/uploads/2017/04/ETALAB-Licence-Ouverte-v2.0.pdf',
    spdx: 'etalab-2.0',
    open: true,
    recommended: true,
    made_for: 'data',
  },
  'odbl-1.0': {
    fr: 'Licence ODbL 1.0 (base de données ouverte)',
    en: 'Open Database Licence (ODbL) 1.0',
    url: 'https://opendatacommons.org/licenses/odbl/1-0/',
    spdx: 'ODbL-1.0',
    open: true,
    recommended: true,
    made_for: 'data',
  },
  'cc-by-4.0': {
    fr: 'Creative Commons Attribution 4.0 (CC BY 4.0)',
    en: 'Creative Commons Attribution 4.0 (CC BY 4.0)',
    url: 'https://creativecommons.org/licenses/by/4.0/',
    spdx: 'CC-BY-4.0',
    open: true,
    recommended: false,
    made_for: 'data',
  },
  'cc-by-sa-4.0': {
    fr: 'Creative Commons Attribution, partage dans les mêmes conditions 4.0 (CC BY-SA 4.0)',
    en: 'Creative Commons Attribution-ShareAlike 4.0 (CC BY-SA 4.0)',
    url: 'https://creativecommons.org/licenses/by-sa/4.0/',
    spdx: 'CC-BY-SA-4.0',
    open: true,
    recommended: false,
    made_for: 'data',
  },
  'public-domain-cc0': {
    fr: 'Domaine public (CC0 1.0)',
    en: 'Public domain (CC0 1.0)',
    url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    spdx: 'CC0-1.0',
    open: true,
    recommended: false,
    made_for: 'data',
  },
  'etalab-1.0': {
    fr: 'Licence Ouverte 1.0 (Etalab)',
    en: 'Open Licence 1.0 (Etalab)',
    url: 'https://www.etalab.gouv.fr/wp-content/uploads/2014/05/Licence_Ouverte.pdf',
    open: true,
    recommended: false,
    made_for: 'data',
  },
  'cc-by-nd-4.0': {
    fr: 'Creative Commons Attribution, pas de modification 4.0 (CC BY-ND 4.0)',
    en: 'Creative Commons Attribution-NoDerivatives 4.0 (CC BY-ND 4.0)',
    url: 'https://creativecommons.org/licenses/by-nd/4.0/',
    spdx: 'CC-BY-ND-4.0',
    open: false,
    recommended: false,
    made_for: 'data',
  },
  mit: {
    fr: 'Licence MIT',
    en: 'MIT Licence',
    url: 'https://opensource.org/license/mit',
    spdx: 'MIT',
    open: true,
    recommended: false,
    made_for: 'software',
  },
  'apache-2.0': {
    fr: 'Licence Apache 2.0',
    en: 'Apache Licence 2.0',
    url: 'https://www.apache.org/licenses/LICENSE-2.0',
    spdx: 'Apache-2.0',
    open: true,
    recommended: false,
    made_for: 'software',
  },
  'gpl-3.0': {
    fr: 'Licence publique générale GNU v3 (GPL 3.0)',
    en: 'GNU General Public Licence v3 (GPL 3.0)',
    url: 'https://www.gnu.org/licenses/gpl-3.0.html',
    spdx: 'GPL-3.0-only',
    open: true,
    recommended: false,
    made_for: 'software',
  },
} as const satisfies Record<string, LicenceEntry>;

/** Code of a licence, RUDI's where RUDI has one. */
export type LicenceCode = keyof typeof ENTRIES;

/** The licences a portal knows, recommended ones first. */
export const LICENCES: Readonly<Record<LicenceCode, LicenceEntry>> = ENTRIES;

/** All licence codes, in the order of {@link LICENCES}. */
export const LICENCE_CODES = Object.keys(ENTRIES) as readonly LicenceCode[];

/** Codes that RUDI's own list has; the others reach a RUDI portal as custom licences. */
export const RUDI_LICENCE_CODES: readonly LicenceCode[] = [
  'apache-2.0', 'cc-by-nd-4.0', 'etalab-1.0', 'etalab-2.0', 'gpl-3.0', 'mit', 'odbl-1.0', 'public-domain-cc0',
];

/** Whether the text is a licence code. */
export function isLicenceCode(text: string): text is LicenceCode {
  return Object.hasOwn(ENTRIES, text);
}
