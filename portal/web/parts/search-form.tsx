import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { Icon } from './icon.tsx';

/** The search field. Filters already chosen travel along as hidden fields, so that a new word searches within them. */
export function SearchForm({ page, text = '', kept = [], large = false }: { page: PageContext; text?: string; kept?: readonly (readonly [string, string])[]; large?: boolean }): JSX.Element {
  const { words } = page;
  return (
    <form class={large ? 'search search-large' : 'search'} role="search" action={href(page, '/datasets')} method="get">
      <label for="q">{words.site.search_label}</label>
      <div class="search-row">
        <input id="q" name="q" type="search" value={text} maxLength={200} autocomplete="off" aria-describedby={large ? 'q-hint' : undefined} />
        {kept.map(([name, value]) => <input type="hidden" name={name} value={value} />)}
        <button type="submit"><Icon name="search" /><span>{words.site.search_button}</span></button>
      </div>
      {large ? <p class="search-hint" id="q-hint">{words.site.search_hint}</p> : null}
    </form>
  );
}
