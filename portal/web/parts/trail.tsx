import type { JSX } from 'preact';
import type { PageContext } from '../page-context.ts';

/** The way here, from home; the page itself is not among the links. */
export function Trail({ page, links }: { page: PageContext; links: readonly { path: string; text: string }[] }): JSX.Element {
  return (
    <nav class="trail" aria-label={page.words.site.you_are_here}>
      <ol>
        <li><a href={`/${page.lang}/`}>{page.words.site.home}</a></li>
        {links.map((link) => <li><a href={`/${page.lang}${link.path}`}>{link.text}</a></li>)}
      </ol>
    </nav>
  );
}
