import type { Language } from '../client.ts';
import { sayHelpTerm } from '../words/help-terms.ts';
import type { Say, WordKey } from '../words/words.ts';

// commander words its errors in English only; these are the forms it has for what our commands can be given.
const FORMS: readonly [pattern: RegExp, key: WordKey][] = [
  [/^unknown command '([^']*)'/, 'usage.unknown_command'],
  [/^unknown option '([^']*)'/, 'usage.unknown_option'],
  [/^missing required argument '([^']*)'/, 'usage.missing_argument'],
  [/^option '([^']*)' argument missing/, 'usage.missing_value'],
  [/^too many arguments/, 'usage.excess_arguments'],
];
const CHOICE = /^option '[^']*' argument '([^']*)' is invalid\. Allowed choices are (.*)\.$/;
const SUGGESTION = /\(Did you mean (?:one of )?(.*)\?\)/;

/** What commander says of a wrong command line, in the session's words; as it is where there is no form for it. */
export function usageError(text: string, say: Say, language: Language): string {
  const plain = text.replace(/^error: /, '').trim();
  const choice = CHOICE.exec(plain);
  if (choice !== null) return say('usage.invalid_choice', { value: choice[1] ?? '', choices: choice[2] ?? '' });
  for (const [pattern, key] of FORMS) {
    const found = pattern.exec(plain);
    if (found === null) continue;
    const suggestion = SUGGESTION.exec(plain)?.[1];
    return [say(key, { value: key === 'usage.missing_argument' ? sayHelpTerm(language, found[1] ?? '') : (found[1] ?? '') }), ...(suggestion === undefined ? [] : [say('usage.did_you_mean', { value: suggestion })])].join('. ');
  }
  return plain;
}
