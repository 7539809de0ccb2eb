// Letters of other scripts, and figures, that are drawn like a Latin letter (the common ones of Unicode's confusables.txt).
const LOOKALIKES = new Map(
  [
    ['аɑα', 'a'], ['АΑ', 'A'], ['ВΒ', 'B'], ['сϲ', 'c'], ['СϹ', 'C'], ['ԁ', 'd'], ['еҽ', 'e'], ['ЕΕ', 'E'], ['ɡ', 'g'], ['Ԍ', 'G'], ['һ', 'h'], ['НΗ', 'H'], ['іıι', 'i'],
    ['ј', 'j'], ['Ј', 'J'], ['кκ', 'k'], ['КΚ', 'K'], ['МΜ', 'M'], ['Ν', 'N'], ['пո', 'n'], ['оοо', 'o'], ['ОΟ0', 'o'], ['рρ', 'p'], ['РΡ', 'P'], ['ԛ', 'q'], ['гᴦ', 'r'], ['ѕ', 's'],
    ['Ѕ', 'S'], ['тτ', 't'], ['ТΤ', 'T'], ['υս', 'u'], ['ѵν', 'v'], ['ԝѡ', 'w'], ['хχ', 'x'], ['ХΧ', 'X'], ['уγ', 'y'], ['УΥ', 'Y'], ['Ζ', 'Z'], ['1|ІΙӀI', 'l'],
  ].flatMap(([letters = '', latin = '']) => [...letters].map((letter): [string, string] => [letter, latin])),
);
const OTHER_SCRIPTS = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}]/u;

/**
 * What a name looks like: two names with one skeleton are taken for one another by people (after UTS 39 §4). Accents, case, blanks,
 * punctuation and invisible characters do not count, letters of other scripts count as the Latin ones they are drawn like.
 */
export function nameSkeleton(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '');
  const drawn = [...plain].map((letter) => LOOKALIKES.get(letter) ?? letter).join('').toLowerCase();
  // Drawn close together, r and n are an m, and a capital I is a small l.
  return drawn.replaceAll(/[^\p{L}\p{N}]/gu, '').replaceAll('rn', 'm').replaceAll('i', 'l');
}

/** Whether a word of the name mixes Latin letters with those of a script that has lookalikes: no language writes so. */
export function mixesScripts(name: string): boolean {
  return name.split(/[^\p{L}\p{M}\p{N}]+/u).some((word) => /\p{Script=Latin}/u.test(word) && OTHER_SCRIPTS.test(word));
}
