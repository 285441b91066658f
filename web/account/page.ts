// Makes and proves passkeys: fills the hidden answer of a form and sends it.

type Bytes = Uint8Array<ArrayBuffer>;

function bytes(text: string): Bytes {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

interface Named {
  id: string;
  type: "public-key";
}

interface Options extends Record<string, unknown> {
  challenge: string;
  user?: { id: string };
  excludeCredentials?: Named[];
  allowCredentials?: Named[];
}

function known(list: Named[] | undefined): PublicKeyCredentialDescriptor[] {
  return (list ?? []).map(({ id, type }) => ({ id: bytes(id), type }));
}

/** Ask the browser to make a passkey. */
function make(options: Options): Promise<Credential | null> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user?.id ?? "") },
    excludeCredentials: known(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  return navigator.credentials.create({ publicKey });
}

/** Ask the browser to prove one. */
function prove(options: Options): Promise<Credential | null> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: known(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
  return navigator.credentials.get({ publicKey });
}

/** Write a browser's answer as the server reads it. */
function answer(credential: PublicKeyCredential): string {
  const { response } = credential;
  const fields: Record<string, string> = { clientDataJSON: text(response.clientDataJSON) };
  if (response instanceof AuthenticatorAttestationResponse) {
    fields["attestationObject"] = text(response.attestationObject);
  } else if (response instanceof AuthenticatorAssertionResponse) {
    fields["authenticatorData"] = text(response.authenticatorData);
    fields["signature"] = text(response.signature);
  }
  const id = text(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response: fields });
}

async function ask(form: HTMLFormElement): Promise<void> {
  const options = JSON.parse(form.dataset["options"] ?? "{}") as Options;
  const problem = form.querySelector<HTMLElement>("[role=alert]");
  try {
    const given = await (form.dataset["passkey"] === "create" ? make(options) : prove(options));
    if (given instanceof PublicKeyCredential) {
      const hidden = form.elements.namedItem("answer") as HTMLInputElement;
      hidden.value = answer(given);
      form.submit();
    }
  } catch {
    // The browser says no more than that it did not happen: cancelled, timed out, no such key.
    if (problem !== null) {
      problem.textContent = form.dataset["failed"] ?? "";
      problem.hidden = false;
    }
  }
}

if (window.isSecureContext && "PublicKeyCredential" in window) {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    form.hidden = false;
    form.querySelector("button")?.addEventListener("click", () => void ask(form));
  }
  for (const missing of document.querySelectorAll<HTMLElement>("[data-passkey-missing]")) {
    missing.hidden = true;
  }
}
