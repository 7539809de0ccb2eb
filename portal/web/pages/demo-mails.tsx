import type { JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { DateText } from '../parts/time-text.tsx';

/** A mail as it would have left. */
export interface DemoMail {
  mail_id: string;
  to_email: string;
  subject: string;
  text_body: string;
  created_at: Date;
}

/** The demonstration's letter box: every mail, newest first, links that can be followed. Exists on loopback only. */
export function DemoMailsPage({ page, mails }: { page: PageContext; mails: readonly DemoMail[] }): JSX.Element {
  const { demo } = page.words.help;
  return (
    <PageLayout page={page} facts={{ title: demo.title, hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{demo.title}</h1>
        <p class="lead">{demo.lead}</p>
        {mails.length === 0 ? <p class="empty">{demo.none}</p> : (
          <ol class="mails">
            {mails.map((mail) => (
              <li class="mail">
                <h2>{mail.subject}</h2>
                <p class="note">{demo.to} {mail.to_email} · <DateText page={page} time={mail.created_at} with_time /></p>
                <p class="as-typed">{withLinks(mail.text_body)}</p>
              </li>
            ))}
          </ol>
        )}
      </div>
    </PageLayout>
  );
}

function withLinks(text: string): (JSX.Element | string)[] {
  return text.split(/(https?:\/\/[^\s]*[^\s).,;:!?»])/).map((part) => (/^https?:\/\//.test(part) ? <a href={part}>{part}</a> : part));
}
