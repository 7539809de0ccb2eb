import type { JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import { Icon } from './icon.tsx';
import { SealGlyph } from './seal.tsx';

/** Who can open a dataset, in words and with a sign of its own: the colour says nothing that the words do not. */
export function AccessBadge({ page, access }: { page: PageContext; access: 'open' | 'restricted' }): JSX.Element {
  return access === 'open'
    ? <span class="badge badge-open"><Icon name="open" />{page.words.site.access_open}</span>
    : <span class="badge badge-sealed"><SealGlyph />{page.words.site.access_restricted}</span>;
}

/** The state of a request or a grant as a small label; `tone` only adds weight, the word says it. */
export function StateLabel({ text, tone }: { text: string; tone: 'live' | 'waiting' | 'ended' }): JSX.Element {
  return <span class={`state state-${tone}`}>{text}</span>;
}
