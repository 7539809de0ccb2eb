import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { SchemaError, type SchemaIssue } from './errors.ts';
import { isDateTime, isEmail, isIsoDate, isUri } from './formats.ts';
import { issuesOf } from './issues.ts';
import { assertPlainJson, BODY_LIMITS, type JsonLimits } from './json-limits.ts';
import { linearRegExp } from './linear-regexp.ts';
import { SCHEMAS, type SchemaName } from './schemas.ts';

/** Most issues one refusal reports. */
export const MAX_ISSUES = 20;
// Collecting every error costs memory in proportion to the value; above this many values one error must do.
const MAX_VALUES_FOR_ALL_ERRORS = 20_000;

/** How a gate is made. */
export interface GateOptions<T> {
  schema: SchemaName;
  /** name of one of the schema's `$defs`; without it the whole schema */
  definition?: string;
  /** what the value is called in sentences, with its article: `a grant` */
  what: string;
  limits?: JsonLimits;
  /** rules across fields that a schema cannot say; called only with a value the schema accepts */
  rules?: (value: T) => SchemaIssue[];
}

/**
 * A gate from unknown to typed: limits first, then the schema, then the rules; returns the same object it was given.
 * Throws {@link SchemaError}: `not_json`, `too_deep`, `too_large`, `malformed`, `rule_broken`. Validators are compiled at the first call.
 */
export function createGate<T>({ schema, definition, what, limits = BODY_LIMITS, rules }: GateOptions<T>): (value: unknown) => T {
  const address = SCHEMAS[schema].$id + (definition === undefined ? '' : `#/$defs/${definition}`);
  return (value) => {
    const values = assertPlainJson(value, limits);
    const issues = schemaIssues(address, value, values);
    if (issues.length > 0) throw refused('malformed', what, issues);
    const typed = value as T;
    const broken = rules?.(typed) ?? [];
    if (broken.length > 0) throw refused('rule_broken', what, broken);
    return typed;
  };
}

function schemaIssues(address: string, value: unknown, values: number): SchemaIssue[] {
  if (validatorOf(address, false)(value)) return [];
  const validate = validatorOf(address, values <= MAX_VALUES_FOR_ALL_ERRORS);
  validate(value);
  const issues = issuesOf(validate.errors ?? [], MAX_ISSUES);
  // The errors hold the refused value; the validator lives as long as the process.
  validate.errors = null;
  return issues;
}

function refused(code: 'malformed' | 'rule_broken', what: string, issues: SchemaIssue[]): SchemaError {
  const first = issues[0] ?? { pointer: '', message: '' };
  const where = first.pointer === '' ? '' : ` (at ${first.pointer})`;
  return new SchemaError(code, `This is not ${what}: ${first.message}${where}`, issues.slice(0, MAX_ISSUES));
}

const compilers = new Map<boolean, Ajv2020>();

function validatorOf(address: string, all: boolean): ValidateFunction {
  let ajv = compilers.get(all);
  if (ajv === undefined) {
    ajv = new Ajv2020({
      strict: true,
      allowUnionTypes: true,
      allErrors: all,
      discriminator: true,
      verbose: true,
      ownProperties: true,
      code: { regExp: linearRegExp },
      formats: { 'date-time': isDateTime, 'iso-date': isIsoDate, uri: isUri, email: isEmail },
      schemas: Object.values(SCHEMAS),
    });
    compilers.set(all, ajv);
  }
  const validate = ajv.getSchema(address);
  if (validate === undefined) throw new Error(`no schema at ${address}`);
  return validate as ValidateFunction;
}
