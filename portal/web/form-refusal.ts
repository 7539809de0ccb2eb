import type { PortalError } from '../errors.ts';
import { isPlainText } from '../fields.ts';
import { knownError, statusOf } from '../problem.ts';
import type { FieldError } from './parts/form.tsx';

/** A refusal that belongs on the form: what to correct where, and the status of the answer. */
export interface FormRefusal {
  errors: readonly FieldError[];
  status: number;
}

/**
 * Runs a command on behalf of a form. Gives its result, or the refusal when `say` knows words for the error; any other error goes on
 * to the error page.
 */
export async function tryForm<T>(run: () => Promise<T>, say: (error: PortalError) => readonly FieldError[] | undefined): Promise<{ result: T } | { refusal: FormRefusal }> {
  try {
    return { result: await run() };
  } catch (error) {
    const known = knownError(error);
    const errors = known === undefined ? undefined : say(known);
    if (known === undefined || errors === undefined) throw error;
    return { refusal: { errors, status: statusOf(known.code) } };
  }
}

/** The name of the field that a refusal points at: `email` of `/contact/email`. */
export function pointedField(error: PortalError): string | undefined {
  return error.issues[0]?.pointer.split('/').at(-1);
}

/** A text of a form on one line or several, in one form: composed, line ends as `\n`, no blanks around it. */
export function formText(fields: Readonly<Record<string, string>>, name: string): string {
  return (fields[name] ?? '').normalize('NFC').replaceAll('\r\n', '\n').trim();
}

/** Whether a text can be taken: between `min` and `max` characters, no control characters but line ends and tabs, nothing that turns the direction of writing. */
export function isText(text: string, min: number, max: number): boolean {
  return text.length >= min && text.length <= max && isPlainText(text, { lines: true });
}
