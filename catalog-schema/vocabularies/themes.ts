/** The 14 themes of a catalogue: RUDI's codes, with labels for pages. The order is the alphabetical one of the French labels. */
export const THEMES = {
  citizenship: { fr: 'Citoyenneté', en: 'Citizenship' },
  culture: { fr: 'Culture, sports et loisirs', en: 'Culture, sports and leisure' },
  economy: { fr: 'Économie', en: 'Economy' },
  education: { fr: 'Éducation', en: 'Education' },
  energyNetworks: { fr: 'Énergie et réseaux', en: 'Energy and networks' },
  children: { fr: 'Enfance', en: 'Childhood' },
  environment: { fr: 'Environnement', en: 'Environment' },
  publicSpace: { fr: 'Espace public', en: 'Public space' },
  housing: { fr: 'Logement', en: 'Housing' },
  transportation: { fr: 'Mobilité et transports', en: 'Mobility and transport' },
  location: { fr: 'Référentiels géographiques', en: 'Geographical references' },
  health: { fr: 'Santé et sécurité', en: 'Health and safety' },
  townPlanning: { fr: 'Urbanisme', en: 'Town planning' },
  society: { fr: 'Vie sociale', en: 'Social life' },
} as const;

/** Code of a theme. */
export type ThemeCode = keyof typeof THEMES;

/** All theme codes, in the order of {@link THEMES}. */
export const THEME_CODES = Object.keys(THEMES) as readonly ThemeCode[];

/** Whether the text is a theme code. */
export function isThemeCode(text: string): text is ThemeCode {
  return Object.hasOwn(THEMES, text);
}
