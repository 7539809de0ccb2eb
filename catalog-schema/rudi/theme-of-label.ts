import { isThemeCode, THEMES, type ThemeCode } from '../vocabularies/themes.ts';
import { folded } from './rule.ts';

// RUDI's own labels where they differ from ours after folding.
const RUDI_LABELS: readonly [string, ThemeCode][] = [
  ['Réseaux, Energie', 'energyNetworks'],
  ['Networks, Energy', 'energyNetworks'],
  ['Culture, Sports, Loisirs', 'culture'],
  ['Culture, Sports, Leisure', 'culture'],
  ['Mobilité, Transport', 'transportation'],
  ['Mobility, Transportation', 'transportation'],
  ['Urban Planning', 'townPlanning'],
  ['Santé, Sécurité', 'health'],
  ['Health, Safety', 'health'],
  ['Social', 'society'],
  ['Society', 'society'],
];

const CODE_OF_LABEL: ReadonlyMap<string, ThemeCode> = new Map([
  ...Object.entries(THEMES).flatMap(([code, { fr, en }]): [string, ThemeCode][] => (isThemeCode(code) ? [[folded(fr), code], [folded(en), code]] : [])),
  ...RUDI_LABELS.map(([label, code]): [string, ThemeCode] => [folded(label), code]),
]);

/** The code of a theme given as RUDI's or our French or English label; undefined for anything else, also for a code. */
export function themeOfLabel(label: string): ThemeCode | undefined {
  return isThemeCode(label) ? undefined : CODE_OF_LABEL.get(folded(label));
}
