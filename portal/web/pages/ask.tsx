import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { Checkbox, ErrorSummary, type FormState, PostForm, TextArea, TextField, TrapField } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { langAttribute } from '../parts/text-in-language.tsx';
import { Trail } from '../parts/trail.tsx';

/** The dataset somebody asks for. */
export interface AskedDataset {
  dataset_id: string;
  title: string;
  lang: string;
  producer: { producer_id: string; name: string };
  custody: 'none' | 'portal' | 'producer';
}

/** The form that asks for access: a name, an address, a purpose; neither account nor key. */
export function AskPage({ page, dataset, form }: { page: PageContext; dataset: AskedDataset; form: FormState }): JSX.Element {
  const { access: words, site, dataset: dataset_words } = page.words;
  const title = `${form.errors.length === 0 ? '' : site.error_prefix}${words.ask_title} : ${dataset.title}`;
  const path = `/datasets/${dataset.dataset_id}`;
  return (
    <PageLayout page={page} facts={{ title, section: 'search', hidden: true }}>
      <div class="wrap narrow stack">
        <Trail page={page} links={[{ path: '/datasets', text: site.datasets }, { path, text: dataset.title }]} />
        <ErrorSummary page={page} form={form} />
        <h1><span class="over">{words.ask_for}</span> <span lang={langAttribute(page.lang, dataset.lang)}>{dataset.title}</span></h1>
        <p class="lead">{words.ask_lead(dataset.producer.name)}</p>
        <PostForm page={page} action={href(page, `${path}/request-access`)}>
          <fieldset>
            <legend>{words.you}</legend>
            <TextField page={page} form={form} name="name" label={words.name} hint={words.name_hint} autocomplete="name" max_length={200} />
            {page.member === undefined
              ? <TextField page={page} form={form} name="email" type="email" label={words.email} hint={words.email_hint} autocomplete="email" max_length={254} />
              : <Notice tone="info"><p>{words.email_known(page.member.email)}</p></Notice>}
            <TextField page={page} form={form} name="organisation" label={words.organisation} hint={words.organisation_hint} autocomplete="organization" max_length={200} optional />
          </fieldset>
          <fieldset>
            <legend>{words.use}</legend>
            <TextArea page={page} form={form} name="purpose" label={words.purpose} hint={words.purpose_hint} max_length={4000} />
            <Checkbox form={form} name="conditions" label={words.conditions_label} />
          </fieldset>
          <TrapField page={page} />
          <p class="note">{words.privacy_note} <a href={href(page, '/legal/privacy')}>{words.privacy_link}</a>.</p>
          <p class="form-go"><button class="button" type="submit">{words.send}<Icon name="arrow" /></button></p>
        </PostForm>
        <section class="after-form">
          <h2>{words.what_next}</h2>
          <ol class="steps">{dataset_words.next_steps(dataset.producer.name).map((step) => <li>{step}</li>)}</ol>
        </section>
      </div>
    </PageLayout>
  );
}

/** After sending: what to do with the mail that left. The same words whether or not the address is known. */
export function AskSentPage({ page, dataset }: { page: PageContext; dataset: AskedDataset }): JSX.Element {
  const { access: words, site } = page.words;
  const path = `/datasets/${dataset.dataset_id}`;
  return (
    <PageLayout page={page} facts={{ title: words.sent_title, section: 'search', hidden: true }}>
      <div class="wrap narrow stack">
        <Trail page={page} links={[{ path: '/datasets', text: site.datasets }, { path, text: dataset.title }]} />
        <div class="big-icon"><Icon name="mail" large /></div>
        <h1>{words.sent_title}</h1>
        <p class="lead">{words.sent_lead}</p>
        {page.site.demo ? <p><a class="button" href="/demo/mails">{site.demo_mails}<Icon name="arrow" /></a></p> : null}
        <p>{words.sent_wait} <a href={href(page, `${path}/request-access`)}>{words.sent_again}</a></p>
      </div>
    </PageLayout>
  );
}
