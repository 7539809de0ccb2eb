import { createSoftwareAuthenticator, type CreationOptions, type RequestOptions, type SoftwareAuthenticator } from './software-authenticator.ts';

/** A page as a visitor got it. */
export interface Page {
  status: number;
  url: string;
  html: string;
}

/** Somebody with a browser without script (or, for passkeys alone, as if it had one): follows links, fills in forms, keeps cookies. */
export interface Visitor {
  get(path: string): Promise<Page>;
  /** Submits the first form of the page whose action contains `action`, its hidden fields kept, `fields` filled in. */
  submit(page: Page, action: string, fields: Record<string, string>, button?: string): Promise<Page>;
}

/** Opens a visitor on the portal at `origin`; with an authenticator they answer the forms that ask for a passkey, as the page's script would. */
export function createVisitor(origin: string, authenticator?: SoftwareAuthenticator): Visitor {
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

  // What the page's own script does: a challenge from the portal, an answer from the authenticator; none where the last one still counts.
  async function askAuthenticator(asked: SoftwareAuthenticator, { purpose, options_path }: FormPasskey, values: URLSearchParams): Promise<string> {
    const body = new URLSearchParams({ purpose, csrf_token: values.get('csrf_token') ?? '' });
    const { options }: { options: (CreationOptions & RequestOptions) | null } = JSON.parse((await visit(options_path, { method: 'POST', body })).html);
    if (options === null) return '';
    return purpose === 'register' ? asked.create(options) : asked.get(options);
  }

  return {
    get: (path) => visit(path),
    async submit(page, action, fields, button) {
      const form = formOf(page.html, action);
      if (form === undefined) throw new Error(`the page ${page.url} has no form for "${action}"`);
      const values = new URLSearchParams();
      for (const [name, value] of form.hidden) if (!(name in fields)) values.append(name, value);
      for (const [name, value] of Object.entries(fields)) values.append(name, value);
      if (authenticator !== undefined && form.passkey !== undefined) values.set('passkey_response', await askAuthenticator(authenticator, form.passkey, values));
      if (button !== undefined) {
        const [name = '', value = ''] = button.split('=');
        values.append(name, value);
      }
      return visit(new URL(form.action, page.url).toString(), { method: 'POST', body: values });
    },
  };
}

/** What a form that wants a passkey says about it. */
interface FormPasskey {
  purpose: string;
  options_path: string;
}

function formOf(html: string, action: string): { action: string; hidden: [string, string][]; passkey: FormPasskey | undefined } | undefined {
  for (const [, attributes = '', body = ''] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    const target = unescapeHtml(/\baction="([^"]*)"/.exec(attributes)?.[1] ?? '');
    if (!target.includes(action)) continue;
    const hidden: [string, string][] = [];
    for (const [, input = ''] of body.matchAll(/<input\b([^>]*)>/g)) {
      if (!/type="hidden"/.test(input)) continue;
      hidden.push([unescapeHtml(/\bname="([^"]*)"/.exec(input)?.[1] ?? ''), unescapeHtml(/\bvalue="([^"]*)"/.exec(input)?.[1] ?? '')]);
    }
    const purpose = /\bdata-passkey="([^"]*)"/.exec(attributes)?.[1];
    const options_path = unescapeHtml(/\bdata-passkey-options="([^"]*)"/.exec(attributes)?.[1] ?? '');
    return { action: target, hidden, passkey: purpose === undefined ? undefined : { purpose, options_path } };
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

/** The devices of the people who signed in, by portal and address: a person comes back with the same one. */
const devices = new Map<string, SoftwareAuthenticator>();

/** Signs in by mail link, as a person does, who then registers their device unless they did before: officers and operators need it to decide. */
export async function signIn(origin: string, email: string): Promise<Visitor> {
  const known = devices.get(`${origin} ${email}`);
  const device = known ?? createSoftwareAuthenticator(origin);
  const visitor = createVisitor(origin, device);
  const page = await visitor.get('/fr/sign-in');
  const sent = await visitor.submit(page, 'sign-in', { email });
  if (sent.status >= 400) throw new Error(`asking for a sign-in mail was answered with ${sent.status}`);
  const link = await linkInMails(visitor, '/sign-in/');
  const opened = await visitor.get(link);
  const done = await visitor.submit(opened, 'sign-in', {});
  if (done.status >= 400) throw new Error(`the sign-in link was answered with ${done.status}`);
  if (known === undefined) {
    const registered = await visitor.submit(await visitor.get('/fr/me/passkeys'), '/me/passkeys', { name: 'Appareil de la visite' });
    if (registered.status >= 400) throw new Error(`registering a passkey was answered with ${registered.status}`);
    devices.set(`${origin} ${email}`, device);
  }
  return visitor;
}
