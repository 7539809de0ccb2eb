import { RE2JS } from 're2js';

/**
 * `RegExp`-like object for ajv whose time is linear in the text (RE2), whatever the pattern; patterns follow RE2 syntax.
 * Matches anywhere in the text, as JSON Schema's `pattern` asks; `$` is the end of the text only, also before a line break.
 */
export function linearRegExp(pattern: string): { test(text: string): boolean; toString(): string } {
  const compiled = RE2JS.compile(pattern);
  return {
    test: (text) => compiled.test(text),
    // ajv keeps one matcher per toString(): without it every pattern of a schema would silently become the first one.
    toString: () => `linear:${pattern}`,
  };
}
// ajv writes this name into standalone code; it is never evaluated by compile().
linearRegExp.code = 'linearRegExp';
