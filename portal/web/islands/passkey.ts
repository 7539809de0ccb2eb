// The one script of the portal: WebAuthn needs one. A form with data-passkey is sent only after the browser asked its owner; the answer
// travels in the form's own field, so that everything else happens as without script.

const ready = new WeakSet<HTMLFormElement>();

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  form.addEventListener('submit', (event) => {
    if (ready.delete(form)) return;
    event.preventDefault();
    void ask(form, event.submitter);
  });
}

// A page that comes back from the browser's memory must not send an answer that was spent.
addEventListener('pageshow', () => {
  for (const field of document.querySelectorAll<HTMLInputElement>('form[data-passkey] input[name="passkey_response"]')) field.value = '';
});

async function ask(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const field = form.querySelector<HTMLInputElement>('input[name="passkey_response"]');
  if (field === null || form.getAttribute('aria-busy') === 'true') return;
  say(form, undefined);
  form.setAttribute('aria-busy', 'true');
  try {
    const options = await begin(form);
    field.value = options === null ? '' : JSON.stringify(await answer(form.dataset['passkey'] ?? '', options));
    ready.add(form);
    form.requestSubmit(submitter);
  } catch (error) {
    say(form, error instanceof DOMException && error.name === 'InvalidStateError' ? 'sayKnown' : window.PublicKeyCredential === undefined ? 'sayUnsupported' : 'sayFailed');
  } finally {
    form.removeAttribute('aria-busy');
  }
}

function say(form: HTMLFormElement, word: 'sayKnown' | 'sayUnsupported' | 'sayFailed' | undefined): void {
  const place = form.querySelector<HTMLElement>('.passkey-said');
  if (place === null) return;
  place.textContent = word === undefined ? '' : (form.dataset[word] ?? '');
}

type Options = Record<string, unknown>;

/** Asks the portal for a challenge; null where this session answered one a moment ago. */
async function begin(form: HTMLFormElement): Promise<Options | null> {
  const csrf_token = form.querySelector<HTMLInputElement>('input[name="csrf_token"]')?.value;
  const body = new URLSearchParams({ purpose: form.dataset['passkey'] ?? '', ...(csrf_token === undefined ? {} : { csrf_token }) });
  const reply = await fetch(form.dataset['passkeyOptions'] ?? '', { method: 'POST', body, headers: { accept: 'application/json' } });
  if (!reply.ok) throw new Error(`the portal answered ${reply.status}`);
  const { options } = (await reply.json()) as { options: Options | null };
  return options;
}

async function answer(purpose: string, options: Options): Promise<unknown> {
  const public_key = { ...options, challenge: bytesOf(options['challenge']) };
  const credential = purpose === 'register'
    ? await navigator.credentials.create({ publicKey: { ...public_key, user: withBytes(options['user']), excludeCredentials: listWithBytes(options['excludeCredentials']) } as unknown as PublicKeyCredentialCreationOptions })
    : await navigator.credentials.get({ publicKey: { ...public_key, allowCredentials: listWithBytes(options['allowCredentials']) } as unknown as PublicKeyCredentialRequestOptions });
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no credential');
  const { id, type, response } = credential;
  const said: Record<string, unknown> = { clientDataJSON: textOf(response.clientDataJSON) };
  if (response instanceof AuthenticatorAttestationResponse) {
    said['attestationObject'] = textOf(response.attestationObject);
    said['transports'] = response.getTransports?.() ?? [];
  } else if (response instanceof AuthenticatorAssertionResponse) {
    said['authenticatorData'] = textOf(response.authenticatorData);
    said['signature'] = textOf(response.signature);
  }
  return { id, rawId: id, type, response: said };
}

function withBytes(value: unknown): Options {
  const object = value as Options;
  return { ...object, id: bytesOf(object['id']) };
}

function listWithBytes(value: unknown): Options[] {
  return Array.isArray(value) ? value.map(withBytes) : [];
}

function bytesOf(base64url: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(String(base64url).replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export {};
