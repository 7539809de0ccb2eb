import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { Icon } from '../parts/icon.tsx';
import { shellWord } from '../resource-address.ts';

/** A program that calls the portal without our library. */
export interface CallExample {
  /** `call.py` */
  name: string;
  /** How it is run, before its arguments. */
  command: string;
  text: string;
}

/** For who writes programs: open data without a key, a key for a program, a signed call in several languages, the rules of a signature. */
export function DevelopersPage({ page, examples }: { page: PageContext; examples: readonly CallExample[] }): JSX.Element {
  const { developers: words } = page.words;
  const { public_origin } = page.site;
  const portal = `export SCEAU_PORTAL=${shellWord(public_origin)}`;
  return (
    <PageLayout page={page} facts={{ title: words.title, description: words.lead, section: 'help' }}>
      <div class="wrap narrow stack">
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <section class="guide" aria-labelledby="open">
          <h2 id="open">{words.open_title}</h2>
          <p>{words.open_text}</p>
          <CommandLines title={words.open_lines} lines={`curl ${shellWord(`${public_origin}/api/v1/datasets?q=communes`)}`} />
          <p><a class="go" href="/openapi.json">{words.openapi}<Icon name="arrow" /></a></p>
        </section>
        <section class="guide" aria-labelledby="key">
          <h2 id="key">{words.key_title}</h2>
          <p>{words.key_text}</p>
          <CommandLines title={words.key_lines} lines={`${portal}\nsceau keygen --name ${shellWord(words.computer)}\nsceau applications add ${shellWord(words.application)}`} />
          <CommandLines title={words.call_lines} lines={`sceau fetch /api/v1/grants --key application.pem\nsceau sign-request GET /api/v1/grants --key application.pem`} />
          <p><a class="go" href={href(page, '/me/applications')}>{words.manage}<Icon name="arrow" /></a></p>
        </section>
        <section class="guide" aria-labelledby="signed">
          <h2 id="signed">{words.signed_title}</h2>
          <p>{words.signed_text}</p>
          <ul>{words.rules.map((rule) => <li>{rule}</li>)}</ul>
          {examples.map(({ name, command, text }) => (
            <details class="entry-more">
              <summary>{name}</summary>
              <CommandLines title={words.run} lines={`${command} application.pem KEYID ${shellWord(`${public_origin}/api/v1/grants`)}`} />
              <CommandLines title={name} lines={text} />
            </details>
          ))}
        </section>
      </div>
    </PageLayout>
  );
}
