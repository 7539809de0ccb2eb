import type { JSX } from 'preact';

/** Lines for a terminal or a program under a heading; one click selects them all. `lang` of the block is none: it is code. */
export function CommandLines({ title, lines }: { title: string; lines: string }): JSX.Element {
  return (
    <figure class="lines">
      <figcaption>{title}</figcaption>
      <pre tabIndex={0} translate={false} aria-label={title} role="region"><code>{lines}</code></pre>
    </figure>
  );
}
