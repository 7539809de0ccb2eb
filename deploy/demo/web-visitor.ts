/** A page as a visitor got it. */
export interface Page {
  status: number;
  url: string;
  html: string;
}

/** Somebody with a browser without script: follows links, fills in forms, keeps cookies. */
export interface Visitor {
  get(path: string): Promise<Page>;
  /** Submits the first form of the page whose action contains `action`, its hidden fields kept, `fields` filled in. */
  submit(page: Page, action: string, fields: Record<string, string>, button?: string): Promise<Page>;
}

/** Opens a visitor on the portal at `origin`. */
export function createVisitor(origin: string): Visitor {
  const cookies = new Map<string, string>();

  async function visit(path: string, init: RequestInit = {}, hops = 5): Promise<Page> {
    const url = new URL(path, origin);
    if (url.origin !== origin) throw new Error(`the page leads away from the portal, to ${url.origin}`);
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html');
    headers.set('accept-language', 'fr');
    if (init.method === 'POST') headers.set('origin', origin);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const answer = await fetch(url, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(20_000) });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1);
      if (value === '' || /max-age=0/i.test(line)) cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), value);
    }
    const location = answer.headers.get('location');
    if (location !== null && answer.status >= 300 && answer.status < 400) {
      await answer.body?.cancel();
      if (hops === 0) throw new Error(`too many redirections at ${url.pathname}`);
      return visit(new URL(location, url).toString(), {}, hops - 1);
    }
    return { status: answer.status, url: url.toString(), html: await answer.text() };
  }

  return {
    get: (path) => visit(path),
    submit(page, action, fields, button) {
      const form = formOf(page.html, action);
      if (form === undefined) throw new Error(`the page ${page.url} has no form for "${action}"`);
      const values = new URLSearchParams();
      for (const [name, value] of form.hidden) if (!(name in fields)) values.append(name, value);
      for (const [name, value] of Object.entries(fields)) values.append(name, value);
      if (button !== undefined) {
        const [name = '', value = ''] = button.split('=');
        values.append(name, value);
      }
      return visit(new URL(form.action, page.url).toString(), { method: 'POST', body: values });
    },
  };
}

function formOf(html: string, action: string): { action: string; hidden: [string, string][] } | undefined {
  for (const [, attributes = '', body = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    const target = unescapeHtml(/\baction="([^"]*)"/.exec(attributes)?.[1] ?? '');
    if (!target.includes(action)) continue;
    const hidden: [string, string][] = [];
    for (const [, input = ''] of body.matchAll(/<input\b([^>]*)>/g)) {
      if (!/type="hidden"/.test(input)) continue;
      hidden.push([unescapeHtml(/\bname="([^"]*)"/.exec(input)?.[1] ?? ''), unescapeHtml(/\bvalue="([^"]*)"/.exec(input)?.[1] ?? '')]);
    }
    return { action: target, hidden };
  }
  return undefined;
}

/** Text of an attribute or of running text, its entities resolved. */
export function unescapeHtml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&#x27;', "'").replaceAll('&amp;', '&');
}

/** The newest link in the demonstration's mail page whose path contains `part`. */
export async function linkInMails(visitor: Visitor, part: string): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const page = await visitor.get('/demo/mails');
    const link = [...page.html.matchAll(/https?:\/\/[^\s"'<>&]+/g)].map(([url]) => url).find((url) => url.includes(part));
    if (link !== undefined) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail with a link to ${part} arrived within 5 seconds`);
}

/** Signs in by mail link, as a person does. */
export async function signIn(origin: string, email: string): Promise<Visitor> {
  const visitor = createVisitor(origin);
  const page = await visitor.get('/fr/sign-in');
  const sent = await visitor.submit(page, 'sign-in', { email });
  if (sent.status >= 400) throw new Error(`asking for a sign-in mail was answered with ${sent.status}`);
  const link = await linkInMails(visitor, '/sign-in/');
  const opened = await visitor.get(link);
  const done = await visitor.submit(opened, 'sign-in', {});
  if (done.status >= 400) throw new Error(`the sign-in link was answered with ${done.status}`);
  return visitor;
}
