import type { ComponentChildren, JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import { Icon } from './icon.tsx';

/** What was typed and what is wrong with it; a form is shown again with both, so that nothing typed is lost. */
export interface FormState {
  values: Readonly<Record<string, string>>;
  errors: readonly FieldError[];
}

/** One thing to correct: the id of its field, and a sentence that says how; `path` where the way on is another page. */
export interface FieldError {
  field: string;
  message: string;
  path?: string;
}

/** A form that nobody has filled in yet. */
export const EMPTY_FORM: FormState = { values: {}, errors: [] };

const errorOf = (form: FormState, name: string) => form.errors.find((one) => one.field === name)?.message;
const describedBy = (name: string, hint: unknown, error: unknown) =>
  [hint === undefined ? '' : `${name}-hint`, error === undefined ? '' : `${name}-error`].filter((one) => one !== '').join(' ') || undefined;

/** What to correct, on top of the page, each with a link to its field. Nothing when nothing is wrong. */
export function ErrorSummary({ page, form }: { page: PageContext; form: FormState }): JSX.Element | null {
  if (form.errors.length === 0) return null;
  return (
    <div class="error-summary" role="alert" tabIndex={-1} autofocus aria-labelledby="error-summary-title">
      <h2 id="error-summary-title"><Icon name="alert" />{page.words.site.correct_this}</h2>
      <ul>
        {form.errors.map((one) => <li><a href={one.path ?? `#${one.field}`}>{one.message}</a></li>)}
      </ul>
    </div>
  );
}

/** Everything a form carries besides its fields: method, and the token of the session. */
export function PostForm({ page, action, children, class: name }: { page: PageContext; action: string; children: ComponentChildren; class?: string }): JSX.Element {
  return (
    <form method="post" action={action} class={name ?? 'form'} noValidate>
      {page.csrf_token === undefined ? null : <input type="hidden" name="csrf_token" value={page.csrf_token} />}
      {children}
    </form>
  );
}

interface FieldProps {
  page: PageContext;
  form: FormState;
  name: string;
  label: string;
  hint?: string;
  optional?: boolean;
}

function FieldShell({ page, form, name, label, hint, optional = false, children }: FieldProps & { children: ComponentChildren }): JSX.Element {
  const error = errorOf(form, name);
  return (
    <div class={error === undefined ? 'field' : 'field field-wrong'}>
      <label for={name}>{label}{optional ? <span class="field-optional"> {page.words.site.optional}</span> : null}</label>
      {hint === undefined ? null : <p class="field-hint" id={`${name}-hint`}>{hint}</p>}
      {error === undefined ? null : <p class="field-error" id={`${name}-error`}><Icon name="alert" /><span>{error}</span></p>}
      {children}
    </div>
  );
}

interface TextFieldProps extends FieldProps {
  type?: 'text' | 'email' | 'date';
  autocomplete?: 'name' | 'email' | 'organization' | 'one-time-code' | 'off';
  max_length?: number;
  width?: 'short' | 'code';
}

/** One line of text with its label, hint and error, the two latter announced with the field. */
export function TextField(props: TextFieldProps): JSX.Element {
  const { form, name, hint, optional = false, type = 'text', autocomplete, max_length, width } = props;
  const error = errorOf(form, name);
  const shared = {
    class: width === undefined ? 'input' : `input input-${width}`,
    id: name,
    name,
    value: form.values[name] ?? '',
    required: !optional,
    'aria-describedby': describedBy(name, hint, error),
    ...(error === undefined ? {} : { 'aria-invalid': true }),
    ...(autocomplete === undefined ? {} : { autocomplete }),
  };
  return (
    <FieldShell {...props}>
      {type === 'date' ? <input {...shared} type="date" /> : type === 'email' ? <input {...shared} type="email" maxLength={max_length} spellcheck={false} /> : <input {...shared} type="text" maxLength={max_length} spellcheck={width === undefined} />}
    </FieldShell>
  );
}

/** Several lines of text. */
export function TextArea(props: FieldProps & { max_length: number; rows?: number }): JSX.Element {
  const { form, name, hint, optional = false, max_length, rows = 6 } = props;
  const error = errorOf(form, name);
  return (
    <FieldShell {...props}>
      <textarea class="input" id={name} name={name} rows={rows} required={!optional} maxLength={max_length} aria-invalid={error === undefined ? undefined : 'true'} aria-describedby={describedBy(name, hint, error)}>{form.values[name] ?? ''}</textarea>
    </FieldShell>
  );
}

/** A box to tick, which stands for `yes`. */
export function Checkbox({ form, name, label, hint, id = name }: { form: FormState; name: string; label: ComponentChildren; hint?: string; id?: string }): JSX.Element {
  const error = errorOf(form, id);
  return (
    <div class={error === undefined ? 'field' : 'field field-wrong'}>
      {error === undefined ? null : <p class="field-error" id={`${id}-error`}><Icon name="alert" /><span>{error}</span></p>}
      <div class="tick">
        <input id={id} name={name} type="checkbox" value="yes" checked={form.values[name] === 'yes'} required aria-invalid={error === undefined ? undefined : 'true'} aria-describedby={describedBy(id, hint, error)} />
        <label for={id}>{label}</label>
      </div>
      {hint === undefined ? null : <p class="field-hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

/** A field that people neither see nor reach; programs that fill in everything give themselves away by it. */
export function TrapField({ page }: { page: PageContext }): JSX.Element {
  return (
    <div class="trap" aria-hidden="true">
      <label for="website">{page.words.site.leave_empty}</label>
      <input id="website" name="website" type="text" tabIndex={-1} autocomplete="off" />
    </div>
  );
}
