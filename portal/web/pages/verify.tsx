import type { JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { ageLines, shellWord } from '../resource-address.ts';
import { sayNumber } from '../say-amounts.ts';

/** What the page tells of this portal as it is now. */
export interface VerifyData {
  portal_fingerprint: string;
  /** Newest checkpoint: number of acts and the signed note. */
  log: { size: number; note: string } | undefined;
  /** A dataset to show the lines with. */
  example_id: string;
}

/** How to check everything without believing this portal. */
export function VerifyPage({ page, data }: { page: PageContext; data: VerifyData }): JSX.Element {
  const { verify: words } = page.words;
  const origin = page.site.public_origin;
  return (
    <PageLayout page={page} facts={{ title: words.title, description: words.lead }}>
      <div class="wrap narrow stack">
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <section class="guide"><h2>{words.what_title}</h2><dl class="summary">{words.what.map(([word, meaning]) => <div><dt>{word}</dt><dd>{meaning}</dd></div>)}</dl></section>
        <section class="guide"><h2>{words.line_title}</h2><p>{words.line_text}</p><CommandLines title={words.line_caption} lines={`export SCEAU_PORTAL=${shellWord(origin)}\nsceau verify ${data.example_id}`} /></section>
        <section class="guide"><h2>{words.portal_title}</h2><p>{words.portal_text}</p><Fingerprint fingerprint={data.portal_fingerprint} label={words.portal_label} /></section>
        <section class="guide"><h2>{words.keep_title}</h2><p>{words.keep_text}</p><CommandLines title={words.keep_caption} lines={`sceau verify ${data.example_id} --save preuve.json\nsceau verify preuve.json --file communes.csv`} /></section>
        <section class="guide">
          <h2>{words.log_title}</h2>
          <p>{words.log_text}</p>
          {data.log === undefined ? <p>{words.log_none}</p> : (
            <details class="proof"><summary>{words.log_now} : {words.log_size(data.log.size, sayNumber(page.lang, data.log.size))}</summary><CommandLines title={words.log_now} lines={data.log.note.trimEnd()} /><p><a href="/log/checkpoint">/log/checkpoint</a></p></details>
          )}
        </section>
        <section class="guide"><h2>{words.age_title}</h2><p>{words.age_text}</p><CommandLines title={words.age_caption} lines={ageLines(data.example_id, ['data.csv'])} /></section>
        <section class="guide"><h2>{words.not_title}</h2><ul class="plain-list">{words.not.map((line) => <li>{line}</li>)}</ul></section>
      </div>
    </PageLayout>
  );
}
