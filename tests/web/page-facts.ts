/** The text that a reader of an HTML page sees, blanks folded, entities resolved; no head, no code of pictures. */
export function textOf(html: string): string {
  const body = html.slice(html.indexOf('<body'));
  return unescape(body.replace(/<svg[\s\S]*?<\/svg>/g, ' ').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
}

/** Every value of an attribute in the page, entities resolved. */
export function attributes(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) => unescape(value));
}

/** The value of a hidden field, or undefined. */
export function hiddenField(html: string, name: string): string | undefined {
  const input = [...html.matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag).find((tag) => tag.includes('type="hidden"') && tag.includes(`name="${name}"`));
  return input === undefined ? undefined : attributes(input, 'value')[0];
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);

/** What is wrong with the page's structure, as sentences; none for a page that is well-formed and whose references hold. */
export function structureFaults(html: string): string[] {
  return [...tagFaults(html), ...referenceFaults(html), ...headingFaults(html)];
}

function tagFaults(html: string): string[] {
  const open: string[] = [];
  const faults: string[] = html.startsWith('<!doctype html>') ? [] : ['no doctype'];
  for (const [, closing = '', name = '', rest = ''] of html.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|[^">])*)>/g)) {
    if (closing === '/') {
      const last = open.pop();
      if (last !== name) faults.push(`</${name}> closes <${last ?? 'nothing'}>`);
    } else if (!VOID.has(name) && !rest.endsWith('/')) {
      open.push(name);
    }
    if (/\s(style|on[a-z]+)\s*=/.test(rest)) faults.push(`<${name}> carries style or script that the policy blocks`);
    const names = [...rest.matchAll(/\s([a-zA-Z-:]+)=/g)].map(([, attribute]) => attribute);
    if (new Set(names).size !== names.length) faults.push(`<${name}> has an attribute twice`);
  }
  if (open.length > 0) faults.push(`never closed: ${open.join(' ')}`);
  // The one script that there is, as a file of the portal: passkeys need it.
  const without = html.replace(/<script type="module" src="\/assets\/passkey\.[0-9a-f]{16}\.js"><\/script>/, '');
  if (/<(script|style|iframe)\b/.test(without)) faults.push('script, style or frame inside the page');
  for (const tag of ['html', 'head', 'title', 'body', 'main', 'h1']) if (html.split(new RegExp(`<${tag}[ >]`)).length !== 2) faults.push(`not exactly one <${tag}>`);
  return faults;
}

function referenceFaults(html: string): string[] {
  const ids = attributes(html, 'id');
  const faults = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the id ${id} stands twice`);
  const known = new Set(ids);
  const wanted = [...attributes(html, 'for'), ...['aria-labelledby', 'aria-describedby'].flatMap((name) => attributes(html, name).flatMap((value) => value.split(' ')))];
  faults.push(...wanted.filter((id) => !known.has(id)).map((id) => `nothing has the id ${id}`));
  faults.push(...attributes(html, 'href').filter((href) => href.startsWith('#') && !known.has(href.slice(1))).map((href) => `the link ${href} leads nowhere`));
  const labelled = new Set(attributes(html, 'for'));
  for (const [tag] of html.matchAll(/<(?:input|textarea|select)\b[^>]*>/g)) {
    if (!/type="hidden"/.test(tag) && !labelled.has(attributes(tag, 'id')[0] ?? '')) faults.push(`no label: ${tag}`);
  }
  for (const [tag] of html.matchAll(/<form\b[^>]*method="post"[^>]*>/g)) if (!/action="\/(fr|en)\//.test(tag)) faults.push(`a form that leads elsewhere: ${tag}`);
  return faults;
}

function headingFaults(html: string): string[] {
  let before = 0;
  const faults: string[] = [];
  for (const [, level = ''] of html.slice(html.indexOf('<main')).matchAll(/<h([1-6])[ >]/g)) {
    if (Number(level) > before + 1 && before > 0) faults.push(`h${level} follows h${before}`);
    before = Number(level);
  }
  return faults;
}
