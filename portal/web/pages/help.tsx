import type { ComponentChildren, JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { Icon } from '../parts/icon.tsx';
import { shellWord } from '../resource-address.ts';

/** Three short guides, what to do when a computer is lost, and the words of the portal. */
export function HelpPage({ page }: { page: PageContext }): JSX.Element {
  const { help: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.title, description: words.lead, section: 'help' }}>
      <div class="wrap narrow stack">
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <nav aria-label={words.contents}>
          <ul class="contents">
            <li><a href="#find">{words.find.title}</a></li>
            <li><a href="#ask">{words.ask.title}</a></li>
            <li><a href="#publish">{words.publish.title}</a></li>
          </ul>
        </nav>
        <Guide page={page} id="find" guide={words.find} path="/datasets" />
        <Guide page={page} id="ask" guide={words.ask} path="/datasets?access=restricted" />
        <Guide page={page} id="publish" guide={words.publish} path="/producers">
          <CommandLines title={words.publish.lines} lines={`sceau-node init --name "Commune de Bruz"\nsceau-node enrol --portal ${shellWord(page.site.public_origin)}\nsceau-node publish marches-publics.csv`} />
        </Guide>
        <section class="guide" aria-labelledby="lost">
          <h2 id="lost">{words.lost.title}</h2>
          <p>{words.lost.text}</p>
        </section>
        <section class="guide" aria-labelledby="words">
          <h2 id="words">{words.words_title}</h2>
          <dl class="summary">{words.words.map(([word, meaning]) => <div><dt>{word}</dt><dd>{meaning}</dd></div>)}</dl>
        </section>
      </div>
    </PageLayout>
  );
}

function Guide({ page, id, guide, path, children }: { page: PageContext; id: string; guide: { title: string; steps: readonly (readonly string[])[]; link: string }; path: string; children?: ComponentChildren }): JSX.Element {
  return (
    <section class="guide" aria-labelledby={id}>
      <h2 id={id}>{guide.title}</h2>
      <ol class="steps steps-told">{guide.steps.map(([title, text]) => <li><strong>{title}</strong><span>{text}</span></li>)}</ol>
      {children}
      <p><a class="go" href={href(page, path)}>{guide.link}<Icon name="arrow" /></a></p>
    </section>
  );
}
