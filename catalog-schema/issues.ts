import type { ErrorObject } from 'ajv/dist/2020.js';
import type { SchemaIssue } from './errors.ts';
import { pointerToken } from './json-limits.ts';

// These only say that a branch failed; the errors inside the branch say what to do.
const BRANCHING = new Set(['if', 'oneOf', 'anyOf', 'allOf', '$ref', 'propertyNames']);

const TYPE_WORDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
};

/** The validator's errors as sentences, at most `limit`, each place once. */
export function issuesOf(errors: readonly ErrorObject[], limit: number): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const seen = new Set<string>();
  for (const error of errors) {
    if (BRANCHING.has(error.keyword)) continue;
    const issue = issueOf(error);
    if (seen.has(issue.pointer)) continue;
    seen.add(issue.pointer);
    issues.push(issue);
    if (issues.length === limit) break;
  }
  return issues.length > 0 ? issues : [{ pointer: '', message: 'Give a value that the schema allows.' }];
}

function issueOf(error: ErrorObject): SchemaIssue {
  const pointer = error.instancePath;
  const params: Record<string, unknown> = error.params;
  switch (error.keyword) {
    case 'required':
      return {
        pointer: `${pointer}/${pointerToken(textOf(params['missingProperty']))}`,
        message: `Add the field "${textOf(params['missingProperty'])}".`,
      };
    case 'additionalProperties':
      return {
        pointer: `${pointer}/${pointerToken(textOf(params['additionalProperty']))}`,
        message: `Remove the field "${textOf(params['additionalProperty']).slice(0, 200)}": it is not part of this.`,
      };
    case 'type':
      return { pointer, message: `Give ${typeWords(params['type'])} here${hint(error)}.` };
    case 'discriminator':
      return {
        pointer: `${pointer}/${pointerToken(textOf(params['tag']))}`,
        message: `Give one of the known values in "${textOf(params['tag'])}": ${descriptionOf(error) ?? 'see the schema'}.`,
      };
    case 'const':
      return { pointer, message: `Write exactly ${JSON.stringify(params['allowedValue'])} here.` };
    case 'enum':
      return { pointer, message: `Choose one of ${listed(params['allowedValues'])} here.` };
    case 'not':
      return { pointer, message: `Leave this field out${hint(error)}.` };
    case 'maxItems':
      return { pointer, message: `Give at most ${entries(params['limit'])} here.` };
    case 'minItems':
      return { pointer, message: `Give at least ${entries(params['limit'])} here.` };
    case 'uniqueItems':
      return { pointer, message: 'Give each entry once.' };
    case 'minProperties':
      return { pointer, message: 'Give at least one field here, or leave the object out.' };
    case 'maxProperties':
      return { pointer, message: `Give at most ${textOf(params['limit'])} fields here.` };
    default:
      return { pointer, message: `Give ${descriptionOf(error) ?? `a value that fits "${error.keyword}"`} here.` };
  }
}

function entries(count: unknown): string {
  return count === 1 ? '1 entry' : `${textOf(count)} entries`;
}

function hint(error: ErrorObject): string {
  const description = descriptionOf(error);
  return description === undefined ? '' : `: ${description}`;
}

function descriptionOf(error: ErrorObject): string | undefined {
  const description: unknown = error.parentSchema?.['description'];
  return typeof description === 'string' ? description : undefined;
}

function typeWords(type: unknown): string {
  const types = Array.isArray(type) ? type : [type];
  return types.map((name) => TYPE_WORDS[textOf(name)] ?? textOf(name)).join(' or ');
}

function listed(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => textOf(value)).join(', ') : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
