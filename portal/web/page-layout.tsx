import type { ComponentChildren, JSX } from 'preact';
import { PAGE_LANGUAGES, pathInLanguage } from './language.ts';
import { href, type PageContext } from './page-context.ts';
import { Mark } from './parts/seal.tsx';

/** What a page says about itself. */
export interface PageFacts {
  /** Of the page, without the portal's name. Starts with the error's word when a form came back with errors. */
  title: string;
  description?: string;
  /** `search`, `producers`, `help`…: which entry of the navigation is this page's. */
  section?: 'home' | 'search' | 'producers' | 'help' | 'me' | 'officer' | 'operator' | 'sign-in';
  /** Search engines leave it alone. */
  hidden?: boolean;
  /** The one script that the page needs, by its plain name. */
  script?: 'passkey.js';
}

/** The whole document around a page's content: landmarks, skip link, navigation, language switch, footer. */
export function PageLayout({ page, facts, children }: { page: PageContext; facts: PageFacts; children: ComponentChildren }): JSX.Element {
  const { words, site } = page;
  const home = facts.section === 'home';
  return (
    <html lang={page.lang}>
      <head>
        <meta charset="utf-8" />
        <title>{home ? `${site.name} – ${words.site.tagline}` : `${facts.title} – ${site.name}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {facts.description === undefined ? null : <meta name="description" content={facts.description.slice(0, 300)} />}
        {facts.hidden === true ? <meta name="robots" content="noindex" /> : null}
        <link rel="preload" href={page.asset('text.woff2')} as="font" type="font/woff2" crossorigin="anonymous" />
        <link rel="stylesheet" href={page.asset('sceau.css')} />
        {facts.script === undefined ? null : <script type="module" src={page.asset(facts.script)}></script>}
        <link rel="icon" href={page.asset('icon.svg')} type="image/svg+xml" />
        {PAGE_LANGUAGES.map(({ lang }) => <link rel="alternate" hreflang={lang} href={`${site.public_origin}${pathInLanguage(page.path, lang)}`} />)}
      </head>
      <body>
        <a class="skip-link" href="#content">{words.site.skip}</a>
        {site.demo ? <aside class="demo-strip" aria-label={words.site.demo_label}><p class="wrap">{words.site.demo_notice} <a href="/demo/mails">{words.site.demo_mails}</a></p></aside> : null}
        <SiteHeader page={page} facts={facts} />
        <main id="content" tabIndex={-1}>{children}</main>
        <SiteFooter page={page} />
      </body>
    </html>
  );
}

function SiteHeader({ page, facts }: { page: PageContext; facts: PageFacts }): JSX.Element {
  const { words, site, member } = page;
  const entry = (section: PageFacts['section'], path: string, text: string) => (
    <li><a href={href(page, path)} aria-current={facts.section === section ? 'page' : undefined}>{text}</a></li>
  );
  return (
    <header class="site-header">
      <div class="wrap site-header-row">
        <a class="brand" href={href(page, '/')} aria-current={facts.section === 'home' ? 'page' : undefined}><Mark /><span class="brand-name">{site.name}</span></a>
        <nav class="site-nav" aria-label={words.site.main_navigation}>
          <ul>
            {entry('search', '/datasets', words.site.datasets)}
            {entry('producers', '/producers', words.site.producers)}
            {entry('help', '/help', words.site.help)}
          </ul>
        </nav>
        <nav class="site-tools" aria-label={words.site.your_space}>
          <ul>
            {member === undefined ? entry('sign-in', '/sign-in', words.site.sign_in) : (
              <>
                {member.officer_of.length > 0 ? entry('officer', '/officer', words.site.officer_inbox) : null}
                {member.operator ? entry('operator', '/operator', words.site.operator_space) : null}
                {entry('me', '/me', words.site.my_space)}
                <li>
                  <form method="post" action={href(page, '/sign-out')}>
                    <input type="hidden" name="csrf_token" value={page.csrf_token} />
                    <button class="link-button" type="submit">{words.site.sign_out}</button>
                  </form>
                </li>
              </>
            )}
            {PAGE_LANGUAGES.filter(({ lang }) => lang !== page.lang).map(({ lang, name }) => (
              <li class="language"><a href={pathInLanguage(page.path, lang)} lang={lang} hreflang={lang} rel="alternate">{name}</a></li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
  );
}

function SiteFooter({ page }: { page: PageContext }): JSX.Element {
  const { words, site } = page;
  const link = (path: string, text: string) => <li><a href={href(page, path)}>{text}</a></li>;
  return (
    <footer class="site-footer">
      <div class="wrap site-footer-row">
        <div class="site-footer-say">
          <p class="site-footer-name"><Mark />{site.name}</p>
          <p>{words.site.footer_promise}</p>
        </div>
        <nav aria-label={words.site.footer_navigation}>
          <ul class="site-footer-links">
            {link('/verify', words.site.verify)}
            {link('/help#publish', words.site.publish_data)}
            {link('/developers', words.site.api)}
            {link('/legal/accessibility', words.site.accessibility_status)}
            {link('/legal/privacy', words.site.privacy)}
            {link('/legal/terms', words.site.terms)}
            {link('/legal/notice', words.site.legal_notice)}
          </ul>
        </nav>
      </div>
    </footer>
  );
}
